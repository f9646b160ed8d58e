#!/usr/bin/env node
// Runs the program of this system's package: its streams are ours, its end is ours, what we are told is passed on.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import os from "node:os";

const name = `jira-mcp-bridge-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "jira-mcp-bridge.exe" : "jira-mcp-bridge";

let program;
try {
  program = createRequire(import.meta.url).resolve(`${name}/bin/${file}`);
} catch {
  console.error(
    `jira-mcp-bridge: the package ${name} is not installed. Either there is no program for this system ` +
      "(Linux, macOS and Windows, on x64 and, but for Windows, on arm64), or npm was told to leave out optional packages.",
  );
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// A terminal tells both of us; a client that started us tells only us.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// npx runs us through a shell that passes no signal on. When that is gone, so is whoever wanted the program.
if (process.env.npm_command === "exec") {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || child.kill("SIGTERM"), 500).unref();
}
child.on("error", (error) => {
  console.error(`jira-mcp-bridge: ${program} cannot be run: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]));
