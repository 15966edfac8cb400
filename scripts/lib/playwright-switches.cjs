/**
 * Playwright's loader asks Chromium for the `basic` password store (and a mock keychain), which is exactly what the
 * tests must not use. Loaded after it, this takes the choice back: a later switch wins.
 */
const { app } = require('electron');

const wanted = process.argv.find((word) => word.startsWith('--password-store='))?.split('=')[1];
app.commandLine.appendSwitch('password-store', wanted ?? 'gnome-libsecret');
app.commandLine.removeSwitch('use-mock-keychain');
