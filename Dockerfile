# The build: official Swift image, Swift's own libraries linked in.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libnghttp2-dev libsqlite3-dev libyaml-dev nettle-dev pkg-config zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The dependencies alone first: this layer is kept until Package.swift changes.
COPY Package.swift ./
RUN swift package resolve
COPY . .
# lld and packed relocations: the loader otherwise reads 3 MB of a table that lld writes in 25 kB (glibc 2.36 or newer). Without the names
# of 41,000 symbols, which a static link of Swift exports by default and nobody looks up.
RUN swift build --configuration release --product bursar --static-swift-stdlib \
        -Xswiftc -gline-tables-only -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic -Xlinker -z -Xlinker pack-relative-relocs \
 && install -D "$(swift build --configuration release --show-bin-path)/bursar" /out/bursar \
 && strip /out/bursar

# What runs: five system libraries, the CA certificates and one program. scripts/check-image tries these lines without Docker.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libnettle8 libnghttp2-14 libsqlite3-0 libyaml-0-2 zlib1g \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 8787 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bursar \
 && install -d -o 8787 -g 8787 -m 0700 /var/lib/bursar
COPY --from=build /out/bursar /usr/local/bin/bursar

# A configuration mounted at /etc/bursar/bursar.yaml is found here; without one the providers' environment variables count.
WORKDIR /etc/bursar
# Readings and cooldowns that outlive the container; without a volume they end with it.
ENV STATE_DIRECTORY=/var/lib/bursar
VOLUME /var/lib/bursar
USER 8787:8787
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["bursar", "healthcheck"]
ENTRYPOINT ["bursar"]
# Listens on 127.0.0.1 of the container. To publish a port: `serve --listen 0.0.0.0:8787 --allow-anonymous`, or the same in the
# configuration. Whoever reaches that port may then read all balances. See docs/operations.md.
CMD ["serve"]
