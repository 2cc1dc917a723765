/**
 * Packs what Trunk has built for release: `node end2end/pack.mjs FOLDER PAGE`, called by .ci/web. wasm-bindgen joins
 * wasm and script by long names, and keeps what some crate exports although nobody calls it. Here both shrink
 * together: the script to what the page uses, the wasm to what that script uses, the names between them to a letter
 * or two. wasm-opt runs here, once and after that: over what Trunk's own run leaves, the wasm would come out larger.
 * What does not look as wasm-bindgen writes it stops the build.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";

/** An entry of the import object, from the line with its name to its last line. */
const ENTRY = /^ {8}(\w+): .*\n(?:^ {9,}.*\n|^\n)*(?:^ {8}\},\n)?/gm;
const EXPORT = /\bwasm\.(\w+)/g;

/** Runs a tool of Binaryen on a wasm file, in place, and gives back what it prints. */
function binaryen(tool, wasm, ...args) {
	return execFileSync(tool, [wasm, "-o", wasm, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
}

/** The script as a module whose one export is what the page calls; what that does not need is gone. */
function shaken(script, minify) {
	const bare = script
		.replace(/^export \{ .*__wbg_init as default \};$/m, "export { __wbg_init as default };")
		.replaceAll(/^export class /gm, "class ")
		// Every browser with the wasm that we need has it, and where it is certain, what is unused can go.
		.replaceAll(/\(typeof FinalizationRegistry === 'undefined'\)\s+\? .*\s+: /g, "");
	const options = { define: { "Symbol.dispose": "undefined" }, pure: ["FinalizationRegistry"] };
	// No syntax that is younger than the wasm which we need.
	return transformSync(bare, { ...options, format: "esm", target: "es2021", treeShaking: true, minify }).code;
}

function exportsUsed(script) {
	const names = [...shaken(script, false).matchAll(EXPORT)].map(([, name]) => name);
	return [...new Set(names)].sort();
}

/** Drops from the wasm what is not exported any more, and what only that needed. */
function keepExports(wasm, names) {
	const graph = names.map((name) => ({ name: `export ${name}`, export: name }));
	const root = { name: "script", root: true, reaches: graph.map(({ name }) => name) };
	const file = `${wasm}.json`;
	writeFileSync(file, JSON.stringify([root, ...graph]));
	binaryen("wasm-metadce", wasm, "--graph-file", file);
}

function imports(wasm) {
	const module = new WebAssembly.Module(readFileSync(wasm));
	return WebAssembly.Module.imports(module).map(({ name }) => name);
}

/** Both sides without what the other does not need. */
function shrunk(wasm, whole) {
	let script = whole;
	for (let size = 0; size !== script.length; ) {
		size = script.length;
		keepExports(wasm, exportsUsed(script));
		const wanted = new Set(imports(wasm));
		script = script.replaceAll(ENTRY, (entry, name) => (wanted.delete(name) ? entry : ""));
		if (wanted.size > 0) {
			throw new Error(`the script does not bring what the wasm imports: ${[...wanted].join(", ")}`);
		}
	}
	return script;
}

/** One letter or two for each name between them. */
function renamed(wasm, script) {
	const printed = binaryen(
		"wasm-opt",
		wasm,
		"-O2",
		"--dealign",
		"--strip-producers",
		"--strip-target-features",
		"--minify-imports-and-exports-and-modules",
	);
	const names = JSON.parse(printed);
	const ours = new Map(names.imports.map(([, name, short]) => [name, short]));
	const theirs = new Map(names.exports.map(([name, short]) => [name, short]));
	return script
		.replaceAll(ENTRY, (entry, name) => entry.replace(name, ours.get(name)))
		.replaceAll(EXPORT, (_, name) => `wasm.${theirs.get(name)}`)
		.replace(/^( {8})"\.\/\w+_bg\.js": /m, "$1a: ");
}

/** A file that may be kept for ever has its content's hash in its name. */
function hash(...contents) {
	const sum = createHash("sha256");
	for (const content of contents) {
		sum.update(content);
	}
	return sum.digest("hex").slice(0, 16);
}

function pack(folder, page) {
	const file = readdirSync(folder).find((name) => name.endsWith("_bg.wasm"));
	if (!file) {
		throw new Error(`${folder} holds no wasm`);
	}
	const old = file.replace(/_bg\.wasm$/, "");
	const work = mkdtempSync(join(tmpdir(), "pack-"));
	const wasm = join(work, file);
	writeFileSync(wasm, readFileSync(join(folder, file)));
	const script = shaken(renamed(wasm, shrunk(wasm, readFileSync(join(folder, `${old}.js`), "utf8"))), true);
	const packed = readFileSync(wasm);
	rmSync(work, { recursive: true });

	const name = `${old.split("-")[0]}-${hash(packed, script)}`;
	rmSync(join(folder, file));
	rmSync(join(folder, `${old}.js`));
	writeFileSync(join(folder, `${name}_bg.wasm`), packed);
	writeFileSync(join(folder, `${name}.js`), script);
	const html = readFileSync(join(folder, page), "utf8");
	writeFileSync(join(folder, page), html.replaceAll(old, name));
}

const [folder, page] = process.argv.slice(2);
pack(folder, page);
