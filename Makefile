# The commands people type. Everything is built by CMake; `make` only saves the presets' names.

MAKEFLAGS += --no-print-directory

.PHONY: all demo test setup release dev fuzz coverage bench format tidy package clean

all: release

# Packages: installed by apt when missing and we may, listed when we may not.
setup:
	@sh cmake/packages.sh

# The program alone: tests and benchmarks are built by who runs them.
release: setup
	@echo "building pathaudit in build/release ..."
	@mkdir -p build/release
	@{ cmake --preset release && cmake --build --preset release --target pathaudit -j $$(nproc); } > build/release/build.log 2>&1 || \
	    { cat build/release/build.log; exit 1; }

# Builds the program and audits a capture that comes with it, as text and as a page; ends with 0 whatever the verdict.
demo_audit = build/release/pathaudit audit -r pcaps/scenes/demo.pcap -s pcaps/scenes/demo.yaml
demo: release
	@echo
	@$(demo_audit); status=$$?; test $$status -ne 2
	@$(demo_audit) -q -T html -o build/demo.html; status=$$?; test $$status -ne 2
	@echo
	@echo "The same as a page, with what is blocked and the weakest server on top: open build/demo.html in a browser"
	@echo "  file://$(CURDIR)/build/demo.html"
	@echo "Next, with a capture of your own:"
	@echo "  build/release/pathaudit roles -r FILE -o mine.yaml       who is who, as inferred: correct it"
	@echo "  build/release/pathaudit audit -r FILE -s mine.yaml       what of it follows the tables (-T html -o FILE: a page)"
	@echo "Sites to begin with: examples/sites. A package to install: make package. The manual: docs/README.md"

# Builds with sanitizers and with the optimiser, and runs every test of both.
test: setup
	@sh tests/run_all.sh

dev: setup
	cmake --preset dev && cmake --build --preset dev -j $$(nproc)

fuzz: setup
	cmake --preset fuzz && cmake --build --preset fuzz -j $$(nproc) && ctest --preset fuzz -R fuzz_

coverage: setup
	cmake --preset coverage && cmake --build --preset coverage -j $$(nproc) && ctest --preset coverage

bench: release
	cmake --build --preset release --target bench_generate bench_loop bench_measure -j $$(nproc)
	python3 bench/run.py --bin build/release/pathaudit --loop build/release/bench/bench_loop

# A Debian package of the optimised build: build/release/pathaudit_VERSION_ARCH.deb
package: release
	@cd build/release && cpack -G DEB > package.log 2>&1 || { cat package.log; exit 1; }
	@ls build/release/pathaudit_*.deb

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

tidy: dev
	clang-tidy -p build/dev --quiet $$(git ls-files 'base/*.c' 'capture/*.c' 'flows/*.c' 'dissectors/*.c' 'observations/*.c' 'audit/*.c' 'reports/*.c' 'watch/*.c' 'app/*.c')

clean:
	rm -rf build
