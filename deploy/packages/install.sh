#!/bin/sh
# Installs jira-mcp-bridge @VERSION@ for Linux or macOS:
#   curl -fsSL @DOWNLOADS@/install.sh | sh
# Into $JIRA_MCP_BRIDGE_BIN, else ~/.local/bin. What is downloaded is compared with the checksum of its release before it is unpacked.
set -eu

downloads=${JIRA_MCP_BRIDGE_DOWNLOADS:-@DOWNLOADS@}
folder=${JIRA_MCP_BRIDGE_BIN:-${HOME:?}/.local/bin}

fail() {
  echo "jira-mcp-bridge: $1" >&2
  exit 1
}

# Everything is a function, so that a download of this file that is cut off runs nothing.
main() {
  case $(uname -m) in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) fail "there is no program for $(uname -m)" ;;
  esac
  case $(uname -s) in
    Linux) target=$machine-unknown-linux-musl ;;
    Darwin) target=$machine-apple-darwin ;;
    *) fail "this installs on Linux and macOS; for Windows there is install.ps1" ;;
  esac
  name=jira-mcp-bridge-$target
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  download "$name.tar.gz"
  download "$name.tar.gz.sha256"
  read -r expected _ <"$scratch/$name.tar.gz.sha256" || true
  found=$(checksum "$scratch/$name.tar.gz")
  if [ -z "$found" ] || [ "$expected" != "$found" ]; then
    fail "$name.tar.gz is not what was released: nothing was installed"
  fi
  tar -xzf "$scratch/$name.tar.gz" -C "$scratch"
  mkdir -p "$folder"
  # In one step: a program that is running keeps its file.
  cp "$scratch/$name/jira-mcp-bridge" "$folder/.jira-mcp-bridge.new"
  chmod 755 "$folder/.jira-mcp-bridge.new"
  mv -f "$folder/.jira-mcp-bridge.new" "$folder/jira-mcp-bridge"
  echo "installed: $folder/jira-mcp-bridge"
  case :${PATH:-}: in
    *:"$folder":*) ;;
    *) echo "$folder is not on your PATH" ;;
  esac
  echo "try it: jira-mcp-bridge demo"
}

download() {
  if command -v curl >/dev/null; then
    curl -fsSL --proto-redir '=https' -o "$scratch/$1" "$downloads/$1" || fail "$downloads/$1 cannot be downloaded"
  elif command -v wget >/dev/null; then
    wget -q -O "$scratch/$1" "$downloads/$1" || fail "$downloads/$1 cannot be downloaded"
  else
    fail "neither curl nor wget is installed"
  fi
}

checksum() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

main
