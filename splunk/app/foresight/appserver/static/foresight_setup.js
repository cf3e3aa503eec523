// The set-up page: settings go to foresight.conf, secrets to Splunk's password store, and the test button asks
// Splunk's server, which alone reaches Foresight, whether they work. A secret is written and never shown.
(function () {
  "use strict";

  var REALM = "foresight";
  var APP = "/servicesNS/nobody/foresight/";

  // root is what stands before /app/ in the address: a prefix, and the language.
  function root() {
    var found = /^(.*?\/[a-z]{2}-[A-Z]{2})\/app\//.exec(window.location.pathname);
    return found ? found[1] : "/en-US";
  }

  function formKey() {
    var found = /(?:^|;\s*)splunkweb_csrf_token_\d+=([^;]+)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : "";
  }

  // ask speaks to splunkd through Splunk Web, as the user who is signed in.
  function ask(method, path, values) {
    var url = root() + "/splunkd/__raw" + path + "?output_mode=json&count=0";
    var options = { method: method, credentials: "same-origin", headers: { "X-Requested-With": "XMLHttpRequest", "X-Splunk-Form-Key": formKey() } };
    if (method === "POST") {
      options.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8";
      options.body = new URLSearchParams(values || {}).toString();
    }
    return window.fetch(url, options).then(function (answer) {
      return answer.text().then(function (text) {
        var read = {};
        try {
          read = JSON.parse(text);
        } catch (e) {
          read = {};
        }
        if (!answer.ok) {
          var said = read.messages && read.messages[0] ? read.messages[0].text : "HTTP " + answer.status;
          var failed = new Error(said);
          failed.status = answer.status;
          throw failed;
        }
        return read;
      });
    });
  }

  function contents(feed) {
    return (feed.entry || []).map(function (e) {
      return e.content || {};
    });
  }

  // stored is the path of a password. A slash in its name is written %252F, as in splunkd's own links: it is decoded
  // once on the way and once by who looks for the name.
  function stored(name) {
    return APP + "storage/passwords/" + encodeURIComponent((REALM + ":" + name + ":").replace(/\//g, "%2F"));
  }

  // keep makes a password, or changes the one that is there.
  function keep(name, secret) {
    return ask("POST", APP + "storage/passwords", { name: name, realm: REALM, password: secret }).catch(function (failed) {
      if (failed.status !== 409) {
        throw failed;
      }
      return ask("POST", stored(name), { password: secret });
    });
  }

  function node(kind, attributes, text) {
    var made = document.createElement(kind);
    Object.keys(attributes || {}).forEach(function (name) {
      made.setAttribute(name, attributes[name]);
    });
    if (text) {
      made.textContent = text;
    }
    return made;
  }

  var FIELDS = [
    { id: "url", label: "Address of Foresight", help: "https://foresight.example.com; http is taken for this machine only.", required: true },
    { id: "ca", label: "Certificate of its CA", kind: "textarea", help: "PEM text, where Foresight's certificate is signed by a CA of your own. Else leave it empty." },
    { id: "integration", label: "Integration for reports", help: "CUSTOMER/ID of an integration of the kind signed. Save again with another to keep its secret too; an alert names the one it means." },
    { id: "secret", label: "Its secret", kind: "password", help: "That of the integration in foresight.yml." },
    { id: "token", label: "Token", kind: "password", help: "Of web.tokens in foresight.yml: for the search command (role viewer) and for changing cases and actions (role operator)." },
    { id: "tz", label: "Time zone", help: "Of searches whose user has none in the preferences, such as Europe/Stockholm." },
  ];

  function form(place) {
    place.textContent = "";
    var made = node("form", { id: "foresight-setup-form", autocomplete: "off" });
    // Nothing is typed before it is known what is kept: it would be written over.
    var fields = node("fieldset", { id: "foresight-fields", disabled: "disabled" });
    made.appendChild(fields);
    FIELDS.forEach(function (f) {
      var group = node("div", { class: "control-group" });
      group.appendChild(node("label", { class: "control-label", for: "foresight-" + f.id }, f.label));
      var input = f.kind === "textarea" ? node("textarea", { rows: "4", cols: "70" }) : node("input", { type: f.kind || "text", size: "60", autocomplete: "new-password" });
      input.id = "foresight-" + f.id;
      input.required = Boolean(f.required);
      input.setAttribute("aria-describedby", input.id + "-help");
      group.appendChild(input);
      group.appendChild(node("p", { class: "help-block", id: input.id + "-help" }, f.help));
      fields.appendChild(group);
    });
    fields.appendChild(node("button", { type: "submit", class: "btn btn-primary", id: "foresight-save" }, "Save"));
    fields.appendChild(node("button", { type: "button", class: "btn", id: "foresight-test" }, "Test what is saved"));
    made.appendChild(node("div", { id: "foresight-said", role: "status", "aria-live": "polite" }));
    place.appendChild(made);
    return made;
  }

  function input(id) {
    return document.getElementById("foresight-" + id);
  }

  function say(lines) {
    var place = document.getElementById("foresight-said");
    place.textContent = "";
    lines.forEach(function (line) {
      place.appendChild(node("p", {}, line));
    });
  }

  function show() {
    return Promise.all([ask("GET", APP + "configs/conf-foresight/connection"), ask("GET", APP + "storage/passwords")]).then(function (found) {
      var connection = contents(found[0])[0] || {};
      ["url", "ca", "integration", "tz"].forEach(function (id) {
        input(id).value = connection[id] || "";
      });
      var kept = contents(found[1]).filter(function (p) {
        return p.realm === REALM;
      });
      var names = kept.map(function (p) {
        return p.username;
      });
      input("token").placeholder = names.indexOf("token") >= 0 ? "kept; write to change it" : "";
      input("secret").placeholder = names.indexOf(input("integration").value) >= 0 ? "kept; write to change it" : "";
    });
  }

  // save keeps what is written; a secret that is left empty stays as it is.
  function save() {
    var settings = { url: input("url").value.trim(), ca: input("ca").value.trim().replace(/\s*\n\s*/g, " "), integration: input("integration").value.trim(), tz: input("tz").value.trim() };
    if (!/^https:\/\//.test(settings.url) && !/^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/.test(settings.url)) {
      return Promise.reject(new Error("The address begins with https://; http is taken for this machine only."));
    }
    if (settings.integration && !/^[^/\s]+\/[^/\s]+$/.test(settings.integration)) {
      return Promise.reject(new Error("The integration is written CUSTOMER/ID, as in foresight.yml."));
    }
    if (input("secret").value && !settings.integration) {
      return Promise.reject(new Error("Name the integration whose secret it is."));
    }
    var work = ask("POST", APP + "configs/conf-foresight/connection", settings);
    if (input("secret").value) {
      work = work.then(function () {
        return keep(settings.integration, input("secret").value);
      });
    }
    if (input("token").value) {
      work = work.then(function () {
        return keep("token", input("token").value);
      });
    }
    return work
      .then(function () {
        return ask("POST", "/servicesNS/nobody/system/apps/local/foresight", { configured: "true" });
      })
      .then(function () {
        input("secret").value = "";
        input("token").value = "";
        return show();
      });
  }

  function test() {
    return ask("POST", "/services/foresight/check").then(function (answer) {
      say(
        (answer.checks || []).map(function (c) {
          return c.part + ": " + c.text;
        })
      );
    });
  }

  function failed(error) {
    say([error.message]);
  }

  function begin() {
    var place = document.getElementById("foresight-setup");
    if (!place) {
      window.setTimeout(begin, 100); // Splunk puts the page's panels in after its scripts
      return;
    }
    form(place).addEventListener("submit", function (event) {
      event.preventDefault();
      say(["Saving…"]);
      save().then(function () {
        say(["Saved."]);
      }, failed);
    });
    document.getElementById("foresight-test").addEventListener("click", function () {
      say(["Asking Foresight…"]);
      test().catch(failed);
    });
    show()
      .catch(failed)
      .then(function () {
        document.getElementById("foresight-fields").removeAttribute("disabled");
      });
  }

  begin();
})();
