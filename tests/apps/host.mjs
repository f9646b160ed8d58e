// The host's page: the official AppBridge around one page in a sandboxed frame of another origin. Bundled for the browser.

import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

let bridge;

window.openApp = async ({ tool, args, result, theme }) => {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms";
  frame.title = "app";
  const can = { openLinks: {}, serverTools: {}, updateModelContext: { text: {} } };
  const hostContext = { theme, toolInfo: { tool }, displayMode: "inline", availableDisplayModes: ["inline"], platform: "web" };
  bridge = new AppBridge(null, { name: "tests", version: "1" }, can, { hostContext });
  bridge.oncalltool = (params) => window.callTool(params);
  bridge.onopenlink = async ({ url }) => (await window.opened(url), {});
  bridge.onupdatemodelcontext = async ({ content }) => (await window.told(content[0].text), {});
  bridge.onsizechange = ({ height }) => (frame.style.height = `${height}px`);
  const ready = new Promise((resolve) => (bridge.oninitialized = resolve));
  document.body.replaceChildren(frame);
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.src = "https://view.test/";
  await ready;
  await bridge.sendToolInput({ arguments: args });
  await bridge.sendToolResult(result);
  return bridge.getAppVersion();
};

window.themed = (theme) => bridge.setHostContext({ theme });
