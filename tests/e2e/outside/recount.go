// SPDX-License-Identifier: EUPL-1.2

// A recount by code that is not ours: Go's own implementation of signed notes and tile-based logs, as it
// stands in golang.org/x/mod. Only the lines of the entries are read here, by docs/log.md.
//
//	recount FOLDER [-receipt FILE] [-old CHECKPOINT] [-key VKEY]
//
// Prints "SIZE TOTAL SHA256-OF-BREAKDOWN" and ends with 0 when everything agrees.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func refuse(format string, a ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", a...)
	os.Exit(1)
}

func read(path string) []byte {
	bytes, err := os.ReadFile(path)
	if err != nil {
		refuse("%v", err)
	}
	return bytes
}

func manifestValue(manifest, key string) string {
	for _, line := range strings.Split(manifest, "\n") {
		if strings.HasPrefix(line, key+" ") {
			return line[len(key)+1:]
		}
	}
	return ""
}

// The tree that a checkpoint signs.
func open(text []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		refuse("%v", err)
	}
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		refuse("%v", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		refuse("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		refuse("%v", err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		refuse("%v", err)
	}
	return tlog.Tree{N: size, Hash: root}
}

// C2SP tlog-tiles: the paths of Go without the height.
type tiles string

func (t tiles) Height() int                           { return 8 }
func (t tiles) SaveTiles(all []tlog.Tile, b [][]byte) {}
func (t tiles) ReadTiles(all []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, one := range all {
		name := strings.Replace(one.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(t), name))
		if err != nil {
			return nil, err
		}
		out = append(out, bytes)
	}
	return out, nil
}

func entries(folder string, size int64) []string {
	var out []string
	for at := int64(0); at < size; at += 256 {
		tile := tlog.Tile{H: 8, L: -1, N: at / 256, W: 256}
		if size-at < 256 {
			tile.W = int(size - at)
		}
		name := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bytes := read(filepath.Join(folder, name))
		for i := 0; i < tile.W; i++ {
			if len(bytes) < 2 || len(bytes)-2 < int(binary.BigEndian.Uint16(bytes)) {
				refuse("%s is cut off", name)
			}
			n := int(binary.BigEndian.Uint16(bytes))
			out = append(out, string(bytes[2:2+n]))
			bytes = bytes[2+n:]
		}
		if len(bytes) > 0 {
			refuse("%s holds more", name)
		}
	}
	return out
}

var grammar = regexp.MustCompile(`^sig1 (open [0-9a-f]{64}|add [pom] [A-Z]{2} [0-9a-f]{64}|` +
	`sub \d+ (withdrawn|invalid|duplicate)|undo \d+|tally \d+ \d+ [0-9a-f]{64}|close \d+ [0-9a-f]{64}|` +
	`key (log|organiser) \S+)\n$`)

type count struct {
	cells map[string]int
	total int
}

func (c *count) breakdown() string {
	var lines []string
	for cell, n := range c.cells {
		if n != 0 {
			lines = append(lines, fmt.Sprintf("%s %d\n", cell, n))
		}
	}
	sort.Strings(lines)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, ""))))
}

func recount(leaves []string, manifest []byte) *count {
	c := &count{cells: map[string]int{}}
	of := map[int]string{}
	cancelled, seen, closed := map[int]bool{}, map[string]bool{}, false
	change := func(i, by int) { c.cells[of[i]] += by; c.total += by }
	for i, leaf := range leaves {
		words := strings.Fields(leaf)
		if !grammar.MatchString(leaf) || (words[1] == "open") != (i == 0) {
			refuse("leaf %d: %q", i, leaf)
		}
		at := 0
		if words[1] == "sub" || words[1] == "undo" {
			at, _ = strconv.Atoi(words[2])
			if of[at] == "" || cancelled[at] != (words[1] == "undo") {
				refuse("leaf %d: %q", i, leaf)
			}
		}
		switch words[1] {
		case "open":
			if words[2] != fmt.Sprintf("%x", sha256.Sum256(manifest)) {
				refuse("another manifest")
			}
		case "add":
			if seen[words[4]] || closed {
				refuse("leaf %d: added again, or after the close", i)
			}
			seen[words[4]] = true
			of[i] = words[2] + " " + words[3]
			change(i, 1)
		case "sub":
			cancelled[at] = true
			change(at, -1)
		case "undo":
			cancelled[at] = false
			change(at, 1)
		case "tally":
			if words[2] != strconv.Itoa(i) || words[3] != strconv.Itoa(c.total) || words[4] != c.breakdown() {
				refuse("leaf %d: a wrong tally", i)
			}
		case "close":
			closed = true
			if words[2] != strconv.Itoa(c.total) || words[3] != c.breakdown() {
				refuse("leaf %d: a wrong close", i)
			}
		}
	}
	return c
}

// C2SP tlog-proof.
func checkReceipt(text, vkey string) {
	head, checkpoint, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") ||
		!strings.HasPrefix(lines[2], "index ") {
		refuse("not a receipt")
	}
	leaf, err := base64.StdEncoding.DecodeString(lines[1][6:])
	if err != nil {
		refuse("%v", err)
	}
	index, err := strconv.ParseInt(lines[2][6:], 10, 64)
	if err != nil {
		refuse("%v", err)
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			refuse("%v", err)
		}
		proof = append(proof, hash)
	}
	tree := open([]byte(checkpoint), vkey)
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)); err != nil {
		refuse("receipt: %v", err)
	}
}

func main() {
	receipt := flag.String("receipt", "", "")
	old := flag.String("old", "", "")
	key := flag.String("key", "", "")
	flag.Parse()
	folder := flag.Arg(0)
	manifest := read(filepath.Join(folder, "manifest"))
	vkey := manifestValue(string(manifest), "log-key")
	if *key != "" {
		vkey = *key
	}
	tree := open(read(filepath.Join(folder, "checkpoint")), vkey)
	leaves := entries(folder, tree.N)
	reader := tlog.TileHashReader(tree, tiles(folder))
	var indexes []int64
	for i := range leaves {
		indexes = append(indexes, tlog.StoredHashIndex(0, int64(i)))
	}
	hashes, err := reader.ReadHashes(indexes)
	if err != nil {
		refuse("tiles: %v", err)
	}
	for i, leaf := range leaves {
		if tlog.RecordHash([]byte(leaf)) != hashes[i] {
			refuse("leaf %d is not in the tree", i)
		}
	}
	if *old != "" {
		before := open(read(*old), vkey)
		if before.N > tree.N {
			refuse("rolled back")
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
		}
		if err != nil {
			refuse("consistency: %v", err)
		}
	}
	if *receipt != "" {
		checkReceipt(string(read(*receipt)), vkey)
	}
	c := recount(leaves, manifest)
	fmt.Println(tree.N, c.total, c.breakdown())
}
