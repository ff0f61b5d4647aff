//! A real Chromium, driven as a person would: pages are opened, links clicked, fields written in.
//!
//! It speaks the `DevTools` protocol over a pipe, which is JSON with a zero byte after each message. Chromium reads from
//! descriptor 3 and writes to 4; a shell puts its standard input and output there, since that takes no unsafe code.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A Chromium with one tab; it ends with the test.
pub(crate) struct Browser {
    chromium: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Value,
    asked: u64,
    /// What it reported: refused styles and scripts, failed loads.
    complaints: Vec<Value>,
    _profile: TempDir,
}

/// Distributions call it by several names.
const START: &str = r#"
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exec "$name" "$@" 3<&0 4>&1 0</dev/null >/dev/null 2>&1; fi
done
echo "hint: this test needs Chromium: apt-get install chromium" >&2
"#;

impl Browser {
    /// A browser with a window of this size, in points.
    pub(crate) fn of_size(width: u32, height: u32) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut chromium = Command::new("sh")
            .args(["-c", START, "sh", "--headless=new", "--remote-debugging-pipe"])
            .args(["--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = chromium.stdin.take().unwrap();
        let from = BufReader::new(chromium.stdout.take().unwrap());
        let (session, complaints) = (Value::Null, Vec::new());
        let mut browser =
            Self { chromium, to, from, session, asked: 0, complaints, _profile: profile };
        let tab = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        browser.session = browser.call("Target.attachToTarget", &attach)["sessionId"].clone();
        browser.call("Page.enable", &json!({}));
        browser.call("Log.enable", &json!({}));
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        browser.call("Emulation.setDeviceMetricsOverride", &size);
        browser
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, url: &str) {
        let navigated = self.call("Page.navigate", &json!({ "url": url }));
        assert_eq!(navigated.get("errorText"), None, "{url}: {navigated}");
        self.wait_for("Page.loadEventFired");
    }

    /// Clicks the middle of the first link or button that says this, with a mouse, and waits for the page behind it.
    pub(crate) fn follow(&mut self, said: &str) {
        let script = format!(
            "[...document.querySelectorAll('a, button')].find(it => it.innerText.trim() === {})",
            json!(said)
        );
        self.click(&script);
        self.wait_for("Page.loadEventFired");
    }

    /// Clicks into the field with this label and writes.
    pub(crate) fn write(&mut self, label: &str, text: &str) {
        let script = format!(
            "[...document.querySelectorAll('label')].find(it => it.textContent === {}).control",
            json!(label)
        );
        self.click(&script);
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// What a script says of the page.
    pub(crate) fn told(&mut self, script: &str) -> Value {
        let ask = json!({ "expression": script, "returnByValue": true });
        let told = self.call("Runtime.evaluate", &ask);
        assert_eq!(told.get("exceptionDetails"), None, "{script}");
        told["result"]["value"].clone()
    }

    /// The text that can be seen.
    pub(crate) fn text(&mut self) -> String {
        self.told("document.body.innerText").as_str().unwrap().to_owned()
    }

    /// Where it is, without the server.
    pub(crate) fn place(&mut self) -> String {
        self.told("location.pathname + location.search").as_str().unwrap().to_owned()
    }

    /// What it complained about so far.
    pub(crate) fn complaints(&self) -> &[Value] {
        &self.complaints
    }

    fn click(&mut self, element: &str) {
        let middle = self.told(&format!(
            "(() => {{ const it = {element}; if (!it) return null; it.scrollIntoView({{ block: 'center' }});
               const box = it.getClientRects()[0]; return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }} }})()"
        ));
        assert!(middle.is_object(), "{element} is not on the page:\n{}", self.text());
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": middle["x"], "y": middle["y"], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if self.session.is_string() {
            message["sessionId"] = self.session.clone();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut said = self.hear();
            if said["id"] == self.asked {
                assert_eq!(said.get("error"), None, "{method}: {said}");
                return said["result"].take();
            }
        }
    }

    fn wait_for(&mut self, event: &str) {
        while self.hear()["method"] != event {}
    }

    fn hear(&mut self) -> Value {
        let mut message = Vec::new();
        self.from.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "Chromium ended, or there is none");
        let said: Value = serde_json::from_slice(&message).unwrap();
        if said["method"] == "Log.entryAdded" {
            self.complaints.push(said["params"]["entry"].clone());
        }
        said
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let closed = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let ended = closed.and_then(|()| self.chromium.wait());
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}
