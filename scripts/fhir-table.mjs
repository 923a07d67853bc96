// Writes what FHIR R4's resources and types may hold, as a compact table, to standard output.
//
//   node scripts/fhir-table.mjs FOLDER > client/src/content/r4.txt
//
// FOLDER is the unpacked npm package hl7.fhir.r4.examples 4.0.1, which holds FHIR's own StructureDefinitions
// (CC0-1.0). `scripts/fhir-examples --table` fetches it and calls this.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) {
	console.error("Usage: node scripts/fhir-table.mjs FOLDER");
	process.exit(2);
}
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));

// Value sets as HL7 expanded them.
const sets = new Map();
for (const { resource } of read("Bundle-valueset-expansions.json").entry) {
	const codes = new Map();
	const walk = (contains) => {
		for (const entry of contains ?? []) {
			if (entry.code && !entry.abstract) {
				if (!codes.has(entry.system)) codes.set(entry.system, []);
				codes.get(entry.system).push(entry.code);
			}
			walk(entry.contains);
		}
	};
	walk(resource.expansion?.contains);
	// One of several thousand codes, or one that HL7 could not count, is no list to check against.
	const count = [...codes.values()].flat().length;
	if (count > 0 && count < 1000) sets.set(resource.url, codes);
}

const nameOf = (url) => url.split("/").pop();
const used = new Set();

function binding(element) {
	const { strength, valueSet } = element.binding ?? {};
	if (strength !== "required" || !valueSet) return "";
	const url = valueSet.split("|")[0];
	if (!sets.has(url)) {
		console.error(`not counted out: ${element.path} ${url}`);
		return "";
	}
	used.add(url);
	return ` ${nameOf(url)}`;
}

function typeOf(element) {
	// Its definition says string; the prose and everyone else say id.
	if (element.path === "Resource.id") return "id";
	if (element.contentReference) return element.contentReference;
	const names = element.type.map(({ code, targetProfile, extension }) => {
		if (code.startsWith("http://hl7.org/fhirpath/")) {
			const real = extension?.find((one) => one.url.endsWith("/structuredefinition-fhir-type"));
			return real?.valueUrl ?? "string";
		}
		if (code === "BackboneElement") return "=";
		const targets = (targetProfile ?? []).map(nameOf);
		if (code !== "Reference" || targets.length === 0 || targets.includes("Resource")) return code;
		return `Reference(${targets.join(",")})`;
	});
	return names.join("|");
}

function cardinality({ min, max }) {
	const short = { "0..1": "?", "1..1": "1", "0..*": "*", "1..*": "+" }[`${min}..${max}`];
	return short ?? `${min}..${max}`;
}

const names = readdirSync(folder).filter((name) => name.startsWith("StructureDefinition-"));
const lines = { type: [], resource: [] };
for (const name of names.sort()) {
	const definition = read(name);
	const { kind, derivation, type, snapshot, baseDefinition } = definition;
	if (!["complex-type", "resource"].includes(kind) || definition.id !== type) continue;
	if (derivation === "constraint") continue;
	const [root, ...elements] = snapshot.element;
	const base = baseDefinition ? nameOf(baseDefinition) : "-";
	const group = kind === "resource" ? lines.resource : lines.type;
	group.push(`${kind === "resource" ? "resource" : "type"} ${type} ${base}`);
	const nested = new Set();
	for (const element of elements) {
		const parts = element.path.split(".");
		const holder = parts.slice(0, -1).join(".");
		// What is inherited stands with the type it comes from.
		const from = (element.base?.path ?? element.path).split(".")[0];
		if (from !== root.path) continue;
		if (parts.length > 2 && !nested.has(holder)) continue;
		let kinds = typeOf(element);
		const children = elements.some(({ path }) => path.startsWith(`${element.path}.`));
		if (children) {
			nested.add(element.path);
			kinds = kinds === "Element" ? "-" : kinds;
		}
		const indent = "\t".repeat(parts.length - 1);
		group.push(`${indent}${parts.at(-1)} ${cardinality(element)} ${kinds}${binding(element)}`);
	}
}

const { version, license } = read("package.json");
console.log(`# What FHIR R4's resources and types may hold: element, cardinality, type, required value set.
# From HL7's StructureDefinitions and expansions in npm hl7.fhir.r4.examples ${version} (${license}).
# Made by \`scripts/fhir-examples --table\`; not to be edited.`);
for (const url of [...used].sort()) {
	console.log(`set ${nameOf(url)}`);
	for (const [system, codes] of sets.get(url)) console.log(`\t${system} ${codes.join(" ")}`);
}
console.log([...lines.type, ...lines.resource].join("\n"));
