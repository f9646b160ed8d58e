# Installs jira-mcp-bridge @VERSION@ for Windows:
#   irm @DOWNLOADS@/install.ps1 | iex
# Into $env:JIRA_MCP_BRIDGE_BIN, else %LOCALAPPDATA%\Programs\jira-mcp-bridge. What is downloaded is compared with the checksum of its
# release before it is unpacked.
& {
    $ErrorActionPreference = 'Stop'
    $downloads = if ($env:JIRA_MCP_BRIDGE_DOWNLOADS) { $env:JIRA_MCP_BRIDGE_DOWNLOADS } else { '@DOWNLOADS@' }
    $folder = if ($env:JIRA_MCP_BRIDGE_BIN) { $env:JIRA_MCP_BRIDGE_BIN } else { Join-Path $env:LOCALAPPDATA 'Programs\jira-mcp-bridge' }
    # Windows on ARM runs this program too.
    $name = 'jira-mcp-bridge-x86_64-pc-windows-msvc'
    $scratch = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
    New-Item -ItemType Directory -Path $scratch | Out-Null
    try {
        foreach ($file in "$name.zip", "$name.zip.sha256") {
            Invoke-WebRequest -UseBasicParsing -Uri "$downloads/$file" -OutFile (Join-Path $scratch $file)
        }
        $archive = Join-Path $scratch "$name.zip"
        $expected = ((Get-Content (Join-Path $scratch "$name.zip.sha256")) -split '\s+')[0]
        $found = (Get-FileHash -Algorithm SHA256 $archive).Hash
        # Compared without regard to case, as PowerShell does.
        if (-not $expected -or $expected -ne $found) { throw "$name.zip is not what was released: nothing was installed" }
        Expand-Archive -Path $archive -DestinationPath $scratch
        New-Item -ItemType Directory -Force -Path $folder | Out-Null
        Copy-Item -Force (Join-Path $scratch "$name\jira-mcp-bridge.exe") $folder
    } finally {
        Remove-Item -Recurse -Force $scratch
    }
    Write-Output "installed: $folder\jira-mcp-bridge.exe"
    $path = [Environment]::GetEnvironmentVariable('Path', 'User')
    if (($path -split ';') -notcontains $folder) {
        [Environment]::SetEnvironmentVariable('Path', "$path;$folder", 'User')
        Write-Output "$folder is on your Path in windows that you open from now on"
    }
    Write-Output 'try it: jira-mcp-bridge demo'
}
