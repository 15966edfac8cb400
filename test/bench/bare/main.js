// The smallest Electron that could pass for an agent: a tray and an HTTP server with a constant answer. What the benchmark
// compares Mytoken Desktop with, in the same run on the same Electron.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { app, Menu, nativeImage, Tray } from 'electron';

app.enableSandbox();

/** As long as the app's answer, which the benchmark measured before. */
const answerBytes = Number(process.env.BENCH_ANSWER_BYTES ?? 1000);
const frame = { access_token: '', token_type: 'Bearer', expires_in: 3600 };
const padding = Math.max(0, answerBytes - JSON.stringify(frame).length);
const answer = Buffer.from(JSON.stringify({ ...frame, access_token: 'x'.repeat(padding) }));

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
    // Announced the way the app announces itself, so that both are found in the same time.
    const document = JSON.stringify({
      addresses: [`http://127.0.0.1:${server.address().port}`],
      pid: process.pid,
    });
    writeFileSync(join(process.env.MYTOKEN_DESKTOP_RUNTIME_DIR, 'endpoint.json'), document);
  });
});
app.on('window-all-closed', () => undefined);
process.on('SIGTERM', () => app.quit());
