# An image with the program and nothing else:
#
#     docker build -t outlay .
#     docker run --rm -v "$PWD:/data" outlay plan prompt.md
#
# musl is what this image's Rust builds for, so the program is static.
FROM rust:1.95-alpine AS build
WORKDIR /source
COPY . .
# With the list of what is linked inside: `cargo audit bin` reads it.
RUN cargo install --locked cargo-auditable@0.7.7
RUN cargo auditable build --locked --profile dist
RUN apk add --no-cache python3 && .github/release/notices > NOTICES.md

FROM scratch
COPY --from=build /source/target/dist/outlay /outlay
COPY --from=build /source/LICENSE /source/NOTICES.md /
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/outlay"]
