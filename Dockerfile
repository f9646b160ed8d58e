# The image: one static program, the roots of TLS, and the papers that go with them. No shell, no package manager, no
# second process, nothing writable. Only plain Dockerfile syntax, so that every builder takes it, ACR Tasks included.
#
#   docker build --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" --tag jira-mcp-bridge .
#
# and, to try it without an account, the same with the sandbox Jira in it:
#
#   docker build --target demo --build-arg FEATURES=demo --tag jira-mcp-bridge:demo .
#
# A release names the base by digest, which deploy/image/base.env holds and `deploy/image/pinned` insists on.
ARG RUST_IMAGE=rust:1.95.0-slim-bookworm

FROM ${RUST_IMAGE} AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# The file rust-toolchain.toml would make rustup fetch lint tools; the base already is that toolchain.
ENV RUSTUP_TOOLCHAIN=1.95.0
# Exact versions: what compiles the C parts of the TLS library and of the allocator, and what writes the list of parts.
# The roots of TLS come with the base, so the base's digest fixes them too.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make=4.3-4.1 musl-tools=1.2.3-1 python3=3.11.2-1+b1 \
    && rm -rf /var/lib/apt/lists/*
RUN rustup target add "$(uname -m)-unknown-linux-musl"
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs LICENSE THIRD-PARTY.md ./
COPY deploy/supply ./deploy/supply
# What the command `connector` writes out is in the program.
COPY connector ./connector
COPY src ./src
COPY crates ./crates
# Named by Cargo.toml, so cargo wants to see them; nothing of them is built.
COPY benches ./benches
COPY examples ./examples
# The same source gives the same bytes: no path of the build, no time of the build.
ARG SOURCE_DATE_EPOCH=0
# What `--version` says; there is no history here to ask.
ARG REVISION=unknown
ENV BRIDGE_COMMIT=${REVISION} \
    CARGO_INCREMENTAL=0 \
    CFLAGS="-ffile-prefix-map=/usr/local/cargo=/cargo -ffile-prefix-map=/src=/bridge" \
    RUSTFLAGS="--remap-path-prefix=/usr/local/cargo=/cargo --remap-path-prefix=/src=/bridge" \
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}
# Without the default feature `demo` unless it is asked for: no sandbox Jira and no made-up tokens in production.
ARG FEATURES=
# Some kernels for ARM have pages of 64 KiB, on which an allocator built for smaller ones would end the program at once.
RUN target="$(uname -m)-unknown-linux-musl" \
    && if [ "$(uname -m)" = aarch64 ]; then export JEMALLOC_SYS_WITH_LG_PAGE=16; fi \
    && cargo build --release --locked --package jira-mcp-bridge --no-default-features --features "$FEATURES" --target "$target" \
    && mkdir -p /out/etc/ssl/certs /out/usr/share/doc/jira-mcp-bridge \
    && cp "target/$target/release/jira-mcp-bridge" /out/jira-mcp-bridge \
    && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ca-certificates.crt \
    && cp LICENSE THIRD-PARTY.md /out/usr/share/doc/jira-mcp-bridge/ \
    && python3 deploy/supply/sbom.py --target "$target" ${FEATURES:+--demo} > /out/usr/share/doc/jira-mcp-bridge/sbom.cdx.json \
    && chmod -R a-w,a+rX /out && chmod 0555 /out/jira-mcp-bridge \
    && find /out -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH}" {} +

# For a first look: `docker run --rm -p 127.0.0.1:8080:8080 -p 127.0.0.1:8090:8090 IMAGE`. Everything in it is made up, so
# it asks for no gateway secret.
FROM scratch AS demo
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE_URL=unknown
LABEL org.opencontainers.image.title="jira-mcp-bridge, with a sandbox Jira" \
      org.opencontainers.image.description="MCP server that lets an AI agent work in Jira Cloud as the signed-in user" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE_URL}"
COPY --from=build /out /
ENV HOST=0.0.0.0 \
    PORT=8080 \
    INSECURE_NO_GATEWAY=true
# The bridge, and the sandbox Jira.
EXPOSE 8080 8090
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 CMD ["/jira-mcp-bridge", "healthcheck"]
ENTRYPOINT ["/jira-mcp-bridge"]
CMD ["demo", "--jira-address", "0.0.0.0", "--jira-port", "8090"]

FROM scratch
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE_URL=unknown
LABEL org.opencontainers.image.title="jira-mcp-bridge" \
      org.opencontainers.image.description="MCP server that lets an AI agent work in Jira Cloud as the signed-in user" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE_URL}"
COPY --from=build /out /
# Listening beyond loopback needs a gateway secret: without GATEWAY_SHARED_SECRET or GATEWAY_SHARED_SECRET_FILE the
# container ends at once with code 64 and says so. INSECURE_NO_GATEWAY=true waives that and belongs on no server.
ENV HOST=0.0.0.0 \
    PORT=8080 \
    LOG_FORMAT=json
EXPOSE 8080
# Numeric, so that Kubernetes can prove it is not root.
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 CMD ["/jira-mcp-bridge", "healthcheck"]
ENTRYPOINT ["/jira-mcp-bridge"]
CMD ["serve"]
