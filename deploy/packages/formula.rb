# For `brew install`: belongs into a tap as Formula/jira-mcp-bridge.rb.
class JiraMcpBridge < Formula
  desc "@DESCRIPTION@"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license "@LICENCE@"

  on_macos do
    on_arm do
      url "@DOWNLOADS@/jira-mcp-bridge-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:jira-mcp-bridge-aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "@DOWNLOADS@/jira-mcp-bridge-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:jira-mcp-bridge-x86_64-apple-darwin.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@DOWNLOADS@/jira-mcp-bridge-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:jira-mcp-bridge-aarch64-unknown-linux-musl.tar.gz@"
    end
    on_intel do
      url "@DOWNLOADS@/jira-mcp-bridge-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:jira-mcp-bridge-x86_64-unknown-linux-musl.tar.gz@"
    end
  end

  def install
    bin.install "jira-mcp-bridge"
    doc.install "README.md", "THIRD-PARTY.md"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/jira-mcp-bridge --version")
  end
end
