# The product needs cgo for SQLite, so builder and base share a C library.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=1 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /countersign ./cmd/countersign

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/countersign --create-home countersign && chmod 0700 /var/lib/countersign
COPY --from=build /countersign /usr/local/bin/countersign
USER countersign
WORKDIR /var/lib/countersign
EXPOSE 8080
ENTRYPOINT ["countersign"]
CMD ["serve", "--config", "/etc/countersign/countersign.yaml"]
