# SPDX-License-Identifier: EUPL-1.2
# For those who type make first. The build is meson's; see README.md.
.PHONY: all test check run clean
all:
	@[ -e build/debug/build.ninja ] || meson setup build/debug
	ninja -C build/debug
test: all
	meson test -C build/debug --no-rebuild
check:
	./check
run:
	./run
clean:
	rm -rf build
