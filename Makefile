# The commands that are used every day. `make` alone builds.

.PHONY: build test update bench bench-go package rehearsal recording fuzz hunt lint

build:
	go build -o bin/recentc ./cmd/recentc

test:
	go test -p 1 -parallel 8 -timeout 30m ./...

# Write the golden files and the generated pages anew; look at the diff.
update:
	go test ./internal/cli ./internal/docgen -update

# Play the night of a migration in namespaces. Takes half a minute, as root.
rehearsal: build
	examples/rehearsal.sh bin/recentc

# Play docs/recording.md anew, as root.
recording:
	go test ./internal/cli -run TestRecording -update

# Measure everything beside iptables' own tools, and write docs/performance.md. Takes ten minutes, as root.
bench:
	go run ./internal/bench -o docs/performance.md

# Measure parts of the compiler, with their allocations.
bench-go:
	go test -run '^$$' -bench . -benchmem ./grammar ./internal/cli

# The version is that of internal/cli/version.go, or what is given; ARCH=arm64 builds for others.
VERSION ?= $(shell sed -n 's/^var Version = "\(.*\)"/\1/p' internal/cli/version.go)
ARCH ?= $(shell go env GOARCH)
export VERSION ARCH
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || date +%s)

# A static program, and a .deb and an .rpm of it, in dist.
package:
	rm -rf dist && mkdir -p dist/build
	go build -o dist/build/here ./cmd/recentc
	CGO_ENABLED=0 GOARCH=$(ARCH) go build -buildvcs=auto -trimpath -ldflags "-s -w -X github.com/recentc/recentc/internal/cli.Version=$(VERSION)" -o dist/build/recentc ./cmd/recentc
	dist/build/here man | gzip -9n > dist/build/recentc.8.gz
	dist/build/here completion bash > dist/build/recentc.bash
	dist/build/here completion zsh > dist/build/_recentc
	dist/build/here completion fish > dist/build/recentc.fish
	go tool -modfile=packaging/go.mod nfpm package -f packaging/nfpm.yaml -p deb -t dist/
	go tool -modfile=packaging/go.mod nfpm package -f packaging/nfpm.yaml -p rpm -t dist/
	packaging/check

# Try what no one has thought of, FUZZTIME for each target. All targets are found by
# themselves. FUZZPARALLEL is how many workers try at one time.
fuzz:
	.ci/fuzz

# Compare 10,000 mutated rules with iptables-legacy-restore, as root: which of them load. Takes some minutes.
hunt:
	RECENTC_KERNEL=require RECENTC_HUNT=10000 go test ./internal/cli -run TestAcceptAsIPTables -v -timeout 30m

lint:
	gofmt -l . | (! grep .)
	go vet ./...
	go tool staticcheck ./...
