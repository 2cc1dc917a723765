// Prints each browser test that failed and the beginning of its reason: `node failed.mjs REPORT`, a report of
// Playwright's reporter "json".
import { readFileSync } from "node:fs";

function* specsOf(suite) {
	yield* suite.specs ?? [];
	for (const inner of suite.suites ?? []) yield* specsOf(inner);
}

const colour = /\u001b\[[0-9;]*m/g;
let report = {};
try {
	report = JSON.parse(readFileSync(process.argv[2], "utf8"));
} catch {
	console.error(`no report at ${process.argv[2]}: the browser tests did not come to their end`);
}
for (const spec of specsOf(report)) {
	if (spec.ok) continue;
	console.log(`failed: ${spec.file}:${spec.line} ${spec.title}`);
	for (const { message } of spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors))) {
		const lines = message.replace(colour, "").split("\n");
		for (const line of lines.filter((line) => line.trim()).slice(0, 12)) console.log(`\t${line.slice(0, 300)}`);
	}
}
