// validate.mjs SCHEMA DOCUMENT...: ajv's word on each; a DOCUMENT whose name ends in .jsonl is one document a line.
// Needs NODE_MODULES: the folder that npm filled.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.NODE_MODULES + "/");
const Ajv = require("ajv").default;
const addFormats = require("ajv-formats").default;

const [schema, ...documents] = process.argv.slice(2);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
let failed = documents.length === 0;
for (const name of documents) {
  const text = readFileSync(name, "utf8");
  const values = name.endsWith(".jsonl") ? text.split("\n").filter((line) => line !== "") : [text];
  if (values.length === 0) failed = true;
  for (const value of values) {
    if (validate(JSON.parse(value))) continue;
    failed = true;
    for (const error of validate.errors.slice(0, 5)) {
      console.error(`${name}: ${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`);
    }
  }
}
process.exit(failed ? 1 : 0);
