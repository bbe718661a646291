"""What the soak has around the gateway: a configuration that changes, and providers whose mood does."""

import http.client
import json
import threading

PROVIDERS = {
    "deepixels": "/v1/account/balance", "tensorpix": "/api/accounts/profile/balance/", "legnext": "/api/account/balance",
    "sunor": "/api/v1/account/balance", "hyper3d": "/api/v2/check_balance",
}
# Every way of misbehaving that the mocks have, and several kinds of well.
SCENARIOS = [
    "ok", "ok", "ok", "ok-201", "depleted", "low", "drift", "top-up", "flaky-3", "big-number", "gzip", "400", "401", "403", "404",
    "429", "429-retry-after-1", "429-retry-after-0", "429-date-2", "429-text-2", "429-ratelimit-2", "500", "502", "503",
    "503-retry-after-1", "504", "error-inside-200", "slow-400ms", "slow-2s", "hang", "reset", "truncated", "stalled", "drip-50ms",
    "truncated-json", "html", "wrong-types", "duplicate-keys", "huge", "gzip-bomb", "bad-gzip", "redirect", "echo-key", "echo-key-401",
]


class World:
    """Any thread."""

    def __init__(self, folder, port, mock_port, random):
        self.folder, self.port, self.mock_port, self.random = folder, port, mock_port, random
        self.path = folder / "bursar.yaml"
        # For what only an operator may do.
        self.socket = folder / "bursar.sock"
        self.keys = set()
        self.accounts = []
        # Callers' own keys. A few hundred: the gateway remembers ten thousand, and to fill that would look like growth.
        self.visitors = [self.new_key() for _ in range(300)]
        self.lock = threading.Lock()

    def new_key(self):
        """A key that chooses no scenario, so that the provider's mood is what counts."""
        key = "soak-%024x" % self.random.getrandbits(96)
        self.keys.add(key)
        return key

    def write_configuration(self):
        """The accounts of a moment: one of each provider stays with its key; others come, go and change theirs."""
        with self.lock:
            if not self.accounts:
                self.accounts = [(provider, "default", self.new_key()) for provider in PROVIDERS]
            self.accounts = self.accounts[:5] + [
                account for account in self.accounts[5:] if self.random.random() < 0.7]
            changed = [(p, name, self.new_key() if self.random.random() < 0.3 else key) for p, name, key in self.accounts[5:]]
            while len(changed) < 20 and self.random.random() < 0.8:
                changed.append((self.random.choice(list(PROVIDERS)), f"a{self.random.randrange(10_000_000)}", self.new_key()))
            self.accounts = self.accounts[:5] + changed
            lines = [
                f"listen: ['127.0.0.1:{self.port}', 'unix:{self.socket}']", "log: {level: info}", f"store: 'sqlite:{self.folder}/bursar.db'",
                "defaults: {ttl: 500ms, timeout: 500ms, refresh: 10s}", "limits: {head_time: 3s, idle_time: 10s, write_stall_time: 5s}",
                "accounts:",
            ]
            for provider, name, key in self.accounts:
                lines.append(
                    f"  - {{provider: {provider}, name: {name}, key: '{key}', "
                    f"base_url: 'http://127.0.0.1:{self.mock_port}/{provider}'}}")
            self.path.touch(mode=0o600)
            self.path.write_text("\n".join(lines) + "\n")

    def write_nonsense(self):
        self.path.write_text("listen: nowhere\naccounts:\n  - {provider: sunoor, key: ''}\n")

    def name_of_account(self):
        with self.lock:
            provider, name, _ = self.random.choice(self.accounts)
            return provider, name

    def mock(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.mock_port, timeout=10)
        try:
            connection.request(method, path, body=body)
            return connection.getresponse().read()
        finally:
            connection.close()

    def change_mood(self):
        provider, scenario = self.random.choice(list(PROVIDERS)), self.random.choice(SCENARIOS)
        self.mock("PUT", f"/_mock/{provider}", json.dumps({"scenario": scenario}))

    def all_well(self):
        self.mock("DELETE", "/_mock")
