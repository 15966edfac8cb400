// The smallest Electron that could pass for an agent: a tray and an HTTP server with a constant answer. What the benchmark
// compares Mytoken Desktop with, in the same run on the same Electron.
import { createServer } from 'node:http';
import { app, Menu, nativeImage, Tray } from 'electron';

app.enableSandbox();

/** As long as a typical answer with an access token. */
const answer = Buffer.from(
  JSON.stringify({ access_token: 'x'.repeat(900), token_type: 'Bearer', expires_in: 3600 }),
);

/** Kept here so that the tray is not collected. */
const kept = [];

void app.whenReady().then(() => {
  const tray = new Tray(nativeImage.createEmpty());
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', click: () => app.quit() }]));
  kept.push(tray);

  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length });
      response.end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`listening ${server.address().port}\n`);
  });
});
app.on('window-all-closed', () => undefined);
