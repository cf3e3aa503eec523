// Drives `foresight sandbox` with Splunk's npm packages, which must work against it unchanged: splunk-sdk by its own
// tests, which the package carries, and splunk-logging by what its documentation promises.
//
// usage: node run.js PATH_TO_FORESIGHT        (needs package.json's dependencies)
// Prints a line for each check that fails, then "N passed, N failed, N left out" for each package; exits 1 if any fails.
"use strict";

const { spawn } = require("child_process");
const https = require("https");
const fs = require("fs");
const path = require("path");
const Mocha = require("mocha");
const splunkjs = require("splunk-sdk");
const { Logger } = require("splunk-logging");

// Groups of splunk-sdk's own tests that need what the sandbox has: searches, server info, passwords, requests of every kind.
const GROUPS = ["test_context", "service_tests/job", "service_tests/serverinfo", "service_tests/endpoint", "service_tests/collection",
  "service_tests/entity", "service_tests/storagepasswords"];

// Tests of those groups that are left out, and why.
const LEFT_OUT = {
  "Login and store cookie": "the sandbox gives no cookies",
  "Request with cookie": "the sandbox gives no cookies",
  "Login with multiple cookies": "the sandbox gives no cookies",
  "Search log": "the sandbox keeps no search.log",
  "Search summary": "the sandbox makes no summaries of fields",
  "Search timeline": "the sandbox makes no timelines",
  "Job events - post processing search params": "the sandbox does no post-processing",
  "Oneshot search with csv results": "its search begins with makeresults without a pipe, which the sandbox refuses on purpose",
  "Does reload work?": "the sandbox has nothing to reload",
  "Create with backslashes": "the sandbox does not double them in the names of passwords",
  "Create without realm": "the sandbox names an empty realm",
  "Wait until job failed": "the sandbox refuses at once what splunkd lets fail",
};

let server;
const begun = Date.now() / 1000;

function start(foresight) {
  server = spawn(foresight, ["sandbox", "--index", "_internal"], { stdio: ["ignore", "pipe", "ignore"] });
  setTimeout(() => server.kill(), 120000).unref();
  return new Promise((ready, failed) => {
    server.on("exit", (code) => failed(new Error(`the sandbox ended with ${code}`)));
    server.stdout.once("data", (line) => ready(JSON.parse(line)));
  });
}

// feed sends what splunkd writes of itself, which the SDK's tests search.
function feed(ready) {
  const events = Array.from({ length: 30 }, (_, i) =>
    JSON.stringify({ time: begun - 60 * i - 5, index: "_internal", sourcetype: "splunkd", event: `line ${i}` }));
  const options = { method: "POST", ca: fs.readFileSync(ready.ca_file), headers: { Authorization: "Splunk " + ready.hec_token } };
  return new Promise((done, failed) => {
    const request = https.request(ready.hec_url + "/services/collector/event", options, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? done() : failed(new Error(`HEC answers ${answer.statusCode}`))));
    });
    request.on("error", failed);
    request.end(events.join(""));
  });
}

function connect(ready, password) {
  const at = new URL(ready.search_url);
  return new splunkjs.Service({ scheme: "https", host: at.hostname, port: at.port, username: ready.username, password, version: "default" });
}

// ownTests runs the groups as the package's own tests.js does.
async function ownTests(ready) {
  splunkjs.Logger.setLevel("NONE");
  splunkjs.Logger.printMessages = () => {}; // what the server says is in the errors too
  const service = connect(ready, ready.password);
  await service.login();
  await service.jobs().search("search index=_internal | head 1", {}); // "List jobs" expects one
  const mocha = new Mocha({ ui: "bdd", timeout: 20000, reporter: "min" });
  mocha.suite.emit("pre-require", global, null, mocha);
  process.env.SPLUNK_HOME = path.sep;
  for (const group of GROUPS) require(`splunk-sdk/tests/${group}`).setup(service, connect(ready, "wrong"));
  const unknown = new Set(Object.keys(LEFT_OUT));
  let left = 0;
  (function prune(suite) {
    suite.tests = suite.tests.filter((t) => {
      if (!(t.title in LEFT_OUT)) return true;
      unknown.delete(t.title);
      left++;
      return false;
    });
    suite.suites.forEach(prune);
  })(mocha.suite);
  for (const title of unknown) console.log(`not so: splunk-sdk has no test "${title}" any more`);
  let passed = 0, failed = unknown.size;
  const Quiet = function (runner) {
    runner.on("pass", () => passed++);
    runner.on("fail", (test, err) => {
      failed++;
      console.log(`not so: splunk-sdk: ${test.fullTitle()}: ${String((err && err.message) || err).slice(0, 300)}`);
    });
  };
  mocha.reporter(Quiet);
  await new Promise((done) => mocha.run(done));
  console.log(`splunk-sdk ${require("splunk-sdk/package.json").version}, its own tests: ${passed} passed, ${failed} failed, ${left} left out`);
  return failed;
}

// eventually asks until it hears what is wanted, for some seconds.
async function eventually(ask, want) {
  const end = Date.now() + 10000;
  for (;;) {
    const got = await ask();
    if (got === want || Date.now() > end) return got;
    await new Promise((done) => setTimeout(done, 20));
  }
}

// logging checks splunk-logging: each of its calls, then what the index has of them.
async function logging(ready) {
  let passed = 0, failed = 0;
  const check = (name, got, want) => {
    if (JSON.stringify(got) === JSON.stringify(want)) passed++;
    else {
      failed++;
      console.log(`not so: splunk-logging: ${name}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
    }
  };
  const make = (config) => {
    const logger = new Logger({ url: ready.hec_url, token: ready.hec_token, ...config });
    logger.error = () => {}; // told by the callbacks
    return logger;
  };
  const send = (logger, payload) => new Promise((done) => logger.send(payload, (err, _, body) => done([err && err.code, body && body.code])));
  const one = make({});
  const metadata = { source: "conformance", sourcetype: "logging", host: "kassa", time: begun - 100 };
  check("an object is taken", await send(one, { message: { n: 1, text: 'å "quoted" |' }, severity: "warn", metadata }), [null, 0]);
  check("a text is taken", await send(one, { message: "just words", metadata }), [null, 0]);
  check("a list is taken", await send(one, { message: [1, 2], metadata }), [null, 0]);
  check("a wrong token is told", (await send(make({ token: "11111111-2222-3333-4444-555555555555" }), { message: "x" }))[1], 4);
  const many = make({ batchInterval: 0, maxBatchCount: 0 });
  for (let i = 0; i < 5; i++) many.send({ message: { batch: i }, metadata });
  check("a batch is taken", await new Promise((done) => many.flush((err, _, body) => done([err, body && body.code]))), [null, 0]);
  const counted = make({ maxBatchCount: 2 });
  const flushed = new Promise((done) => (counted.flush = ((flush) => function () { done("by its count"); return flush.apply(this, arguments); })(counted.flush)));
  for (let i = 0; i < 2; i++) counted.send({ message: { counted: i }, metadata });
  check("a batch goes by its count", await flushed, "by its count");
  make({ batchInterval: 50, maxBatchCount: 0 }).send({ message: { timed: 1 }, metadata });
  const shaped = make({});
  shaped.eventFormatter = (message, severity) => ({ shape: "ours", was: message, severity });
  check("an event of one's own form is taken", await send(shaped, { message: "x", metadata }), [null, 0]);
  let tries = 0;
  const away = make({ url: "https://127.0.0.1:9", maxRetries: 2 });
  away._post = ((post) => function () { tries++; return post.apply(this, arguments); })(away._post);
  check("a collector that is away is told", (await send(away, { message: "x" }))[0], "ECONNREFUSED");
  check("after the tries that were asked for", tries, 3);

  const service = connect(ready, ready.password);
  await service.login();
  const rows = async (search) => {
    const result = await service.oneshotSearch(search, { earliest_time: String(begun - 3600), latest_time: "now", output_mode: "json", count: 0 });
    return result.results;
  };
  const base = "search index=main source=conformance sourcetype=logging host=kassa";
  check("severity and message are found", (await rows(`${base} severity=warn | table message.n message.text`)), [{ "message.n": "1", "message.text": 'å "quoted" |' }]);
  check("so are words", (await rows(`${base} "just words" | stats count`)), [{ count: "1" }]);
  check("so is the batch, in one request or more", (await rows(`${base} message.batch=* | stats count dc(message.batch) as each`)), [{ count: "5", each: "5" }]);
  check("so is what went by its count", (await rows(`${base} message.counted=* | stats count`)), [{ count: "2" }]);
  check("so is a form of one's own", (await rows(`${base} shape=ours | table was`)), [{ was: "x" }]);
  check("so is what went by its time", await eventually(async () => (await rows(`${base} message.timed=1 | stats count`))[0].count, "1"), "1");
  console.log(`splunk-logging ${require("splunk-logging/package.json").version}: ${passed} passed, ${failed} failed`);
  return failed;
}

async function main() {
  const ready = await start(path.resolve(process.argv[2]));
  await feed(ready);
  const failed = (await logging(ready)) + (await ownTests(ready));
  server.removeAllListeners("exit");
  server.kill();
  process.exit(failed ? 1 : 0);
}

main().catch((err) => {
  console.log("not so:", err);
  if (server) server.kill();
  process.exit(1);
});
