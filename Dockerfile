# The krok binary alone, as a user without rights.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /krok ./cmd/krok

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /krok /krok
WORKDIR /data
ENTRYPOINT ["/krok"]
CMD ["serve"]
