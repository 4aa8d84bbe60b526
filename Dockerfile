# An image with the program and nothing else:
#
#     docker build -t outlay .
#     docker run --rm -v "$PWD:/data" outlay plan prompt.md
#
# musl is what this image's Rust builds for, so the program is static.
FROM rust:1.95-alpine AS build
WORKDIR /source
COPY . .
RUN cargo build --locked --profile dist

FROM scratch
COPY --from=build /source/target/dist/outlay /outlay
COPY --from=build /source/LICENSE /LICENSE
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/outlay"]
