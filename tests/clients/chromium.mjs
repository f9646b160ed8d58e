// How the tests start Chromium.

export const options = (executablePath) => ({
  executablePath,
  // Without the last three it looks up hosts of its maker at every start.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
