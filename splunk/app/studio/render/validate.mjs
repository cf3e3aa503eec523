// Holds definitions in the modern form against Splunk's own schema, and the options of their panels
// against what each visualization of Splunk knows: node validate.mjs FILE…
// What is wrong is printed, a line each; the exit code says whether anything is.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { DashboardValidator } = require('@splunk/dashboard-validation');
const { defaultSchema } = require('@splunk/dashboard-definition');

// The files of Splunk's visualizations, where their names differ from their types.
const files = { singlevalue: 'SingleValue', singlevalueradial: 'SingleValueRadial', singlevalueicon: 'SingleValueIcon', markergauge: 'MarkerGauge', fillergauge: 'FillerGauge' };

// known are the options of a visualization such as splunk.line; none: there is no such one.
function known(type) {
    const name = type.replace(/^splunk\./, '');
    try {
        const config = require(`@splunk/visualizations/${files[name] ?? name[0].toUpperCase() + name.slice(1)}.config.js`);
        return (config.default ?? config).optionsSchema;
    } catch {
        return undefined;
    }
}

const validator = new DashboardValidator();
const refused = validator.setSchema(defaultSchema);
if (refused) throw refused;
const wrong = [];
for (const file of process.argv.slice(2)) {
    const name = basename(file, '.json');
    const definition = JSON.parse(readFileSync(file, 'utf8'));
    for (const e of [validator.validate(definition) ?? []].flat()) wrong.push(`${name}: ${e.instancePath ?? e.dataPath ?? ''} ${e.message ?? JSON.stringify(e)}`);
    for (const [id, { type, options = {} }] of Object.entries(definition.visualizations)) {
        const takes = known(type);
        if (!takes) wrong.push(`${name}: ${id} is a ${type}, which Splunk's packages do not have`);
        else for (const option of Object.keys(options)) if (!(option in takes)) wrong.push(`${name}: ${id} has the option ${option}, which ${type} does not know`);
    }
}
wrong.forEach((line) => console.log(line));
process.exit(wrong.length ? 1 : 0);
