# The commands that are used every day. `make` alone builds.

.PHONY: build test update bench bench-go fuzz lint

build:
	go build -o bin/recentc ./cmd/recentc

test:
	go test -p 1 -parallel 8 ./...

# Write the golden files and the generated pages anew; look at the diff.
update:
	go test ./internal/cli ./internal/docgen -update

# Measure everything beside iptables' own tools, and write docs/performance.md. Takes ten minutes, as root.
bench:
	go run ./internal/bench -o docs/performance.md

# Measure parts of the compiler, with their allocations.
bench-go:
	go test -run '^$$' -bench . -benchmem ./grammar ./internal/cli

fuzz:
	go test -run '^$$' -fuzz FuzzParse -fuzztime 60s -fuzzminimizetime 10x ./grammar
	go test -run '^$$' -fuzz FuzzLine -fuzztime 60s -fuzzminimizetime 10x ./grammar
	go test -run '^$$' -fuzz FuzzParse -fuzztime 60s -fuzzminimizetime 10x ./ipset
	go test -run '^$$' -fuzz FuzzSets -fuzztime 60s -fuzzminimizetime 10x ./internal/cli
	go test -run '^$$' -fuzz FuzzScript -fuzztime 60s -fuzzminimizetime 10x ./grammar
	go test -run '^$$' -fuzz FuzzTranslate -fuzztime 60s -fuzzminimizetime 10x ./internal/cli
	go test -run '^$$' -fuzz FuzzLint -fuzztime 60s -fuzzminimizetime 10x ./internal/cli
	go test -run '^$$' -fuzz FuzzRule -fuzztime 60s -fuzzminimizetime 10x ./internal/cli

lint:
	gofmt -l . | (! grep .)
	go vet ./...
	go tool staticcheck ./...
