"""One gateway, one store, three webhooks: faults of providers, told and ended, under kills."""

from decimal import Decimal
import random
import time
import traceback

from gateway import Gateway
from receiver import Receiver

ACCOUNTS = 5
RULES = {"low": "below", "down": "unavailable", "rejected": "key_rejected"}
# Two secrets while one replaces another: each receiver knows one of them.
OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
# How long nobody ran between a kill and the start.
AGES = [0, 0, 35, 35, 400, 400, 2_000, 7_200]
# The schedule of what has to be told at last: what gathers, then the retries of Standard Webhooks.
PATIENCE = [45, 45, 400, 2_400, 9_000, 22_000, 44_000, 61_000, 87_000, 105_000]
# A message that so many attempts failed of is not made to fail again: after ten it is given up.
MOST_FAILURES = 6
# How soon after a 404 that is in the store.
KEPT_WITHIN = 5.0


class World:
    def __init__(self, number, seed, binary, folder, provider, tally):
        self.random = random.Random(f"{seed}/{number}")
        self.number, self.provider, self.tally = number, provider, tally
        self.folder = folder / f"world-{number}"
        self.folder.mkdir()
        self.gateway = Gateway(binary, self.folder, tally)
        dice = random.Random(f"{seed}/{number}/receivers")
        kill = self.gateway.kill
        self.one = Receiver(f"world {number} one", NEW, dice, kill, tally)
        self.two = Receiver(f"world {number} two", OLD, dice, kill, tally)
        self.gone = Receiver(f"world {number} gone", NEW, dice, kill, tally, status=404)
        self.names = [f"a{index}" for index in range(ACCOUNTS)]
        self.highest = 400
        # What is kept down in this cycle, and what must therefore never come.
        self.held, self.superseded = None, set()
        self.started_at = tally.now()
        # How often the target that is gone had been posted when that was found in the store.
        self.posts_when_kept = None
        for name in self.names:
            self.answers(name, str(self.highest))
        self.configure("/")

    def configure(self, path):
        address = "kind: webhook, url: 'http://127.0.0.1"
        self.gateway.configure(
            [f"name: one, {address}:{self.one.port}/', per_hour: 1000, secret: ['{OLD}', '{NEW}']",
             f"name: two, {address}:{self.two.port}/', per_hour: 1000, secret: ['{OLD}', '{NEW}']",
             f"name: gone, {address}:{self.gone.port}{path}', secret: '{NEW}'"],
            "ttl: 100ms, timeout: 2s, alerts: [{below: 50}, {unavailable: 30m}, {key_rejected: true}, {topped_up: true}]",
            [f"provider: tensorpix, name: {name}, key: 'key-{self.number}-{name}', base_url: '{self.provider.base_url}'"
             for name in self.names])

    def answers(self, name, answer):
        self.provider.answers[f"key-{self.number}-{name}"] = answer

    # A moment

    def moment(self):
        """Whether somebody answered."""
        return self.gateway.read() is not None

    def clear(self, names):
        for name in names:
            self.gateway.clear(f"tensorpix/{name}")

    def restart(self, age, why="running"):
        self.gateway.kill(why)
        kept = self.gateway.kept()
        for receiver in (self.one, self.two, self.gone):
            name = receiver.name.split()[-1]
            receiver.told.doubtful |= {event for target, event in kept.doubtful if target == name}
            if receiver is not self.gone and kept.attempts.get(name, 0) >= MOST_FAILURES:
                receiver.mischief = 0
                self.held = None if self.held is receiver else self.held
                receiver.start()
        self.look_at_gone("gone" in kept.paused)
        if age:
            self.gateway.age(age)
        self.started_at = self.tally.now()
        self.gateway.start()

    def look_at_gone(self, is_kept):
        """Posted once: again only where the process was killed before it could keep what it heard."""
        posts = len(self.gone.requests)
        if self.posts_when_kept is not None and posts > self.posts_when_kept:
            self.tally.failed(f"{self.gone.name}: 404 was kept, and it is posted again")
        elif not is_kept and posts and self.started_at < self.gone.requests[-1] < self.tally.now() - KEPT_WITHIN:
            self.tally.failed(f"{self.gone.name}: 404 is not kept {KEPT_WITHIN} s later")
        if is_kept:
            self.posts_when_kept = posts

    def disturb(self, times, names):
        """Kills at any moment, also while it starts, and receivers that fail, come and go."""
        for _ in range(times):
            for receiver in (self.one, self.two):
                if receiver is self.held:
                    continue
                receiver.mischief = self.random.choice([0, 0.5, 1])
                receiver.stop() if self.random.random() < 0.3 else receiver.start()
            if self.random.random() < 0.2:
                self.gateway.kill("running")
                self.gateway.start(waits=False)
                time.sleep(self.random.uniform(0, 0.3))
                self.restart(self.random.choice(AGES), "starting")
            else:
                self.restart(self.random.choice(AGES))
            self.clear(names)
            until = time.monotonic() + self.random.uniform(0, 0.8)
            while time.monotonic() < until and self.gateway.is_alive:
                self.moment()
                time.sleep(0.05)

    def settle(self, what, missing, names):
        """Waits until nothing is missing, while receivers are there and, soon, do what they should. What does not come is lost."""
        for receiver in (self.one, self.two):
            receiver.mischief = self.random.choice([0, 0.5])
            if receiver is not self.held:
                receiver.start()
        for turn, age in enumerate([None, *PATIENCE]):
            if turn == 3:
                self.one.mischief = self.two.mischief = 0
            if age is not None:
                self.restart(age)
            begun, length, moments = time.monotonic(), self.random.uniform(0.6, 1.2), 0
            # A busy machine gets through less in a second.
            while time.monotonic() < begun + (length if moments >= 4 else 60):
                if not self.gateway.is_alive:
                    self.restart(0)
                self.clear(names)
                moments += self.moment()
                if not missing():
                    return True
                time.sleep(0.05)
        self.tally.failed(f"world {self.number}: {what}: {sorted(missing(), key=str)} did not come")
        return False

    # What is to be told

    def untold(self, expected):
        """Rules that must fire, and that a receiver has not heard of."""
        return {(receiver.name, account, rule) for receiver in (self.one, self.two) if receiver is not self.held
                for account, rule in expected if (f"tensorpix/{account}", rule) not in receiver.told.open}

    def unended(self, amounts):
        """What a receiver believes to fire, top-ups that it has not heard of, and what the gateway has not sent."""
        missing = set()
        for receiver in (self.one, self.two):
            if receiver is self.held:
                continue
            missing |= {(receiver.name, *key) for key in receiver.told.open}
            missing |= {(receiver.name, name, amount) for name, amount in amounts.items()
                        if (f"tensorpix/{name}", Decimal(amount)) not in receiver.told.top_ups}
        return missing | self.firing() | self.pending()

    def firing(self):
        listing = self.gateway.alerts()
        if listing is None:
            return {"an answer"}
        return {(one["account"], one["rule"], one["event"]) for one in listing["alerts"] if one["firing"]}

    def pending(self):
        listing = self.gateway.alerts() or {"targets": []}
        held = self.held.name.split()[-1] if self.held else None
        return {(one["name"], f"{one['pending']} pending") for one in listing["targets"]
                if one["pending"] and one["name"] not in ("gone", held)}

    # A cycle

    def cycle(self):
        """All is well; faults come, are told, and end. Two hours later than the last: a rule fires at most once an hour."""
        for receiver in (self.one, self.two, self.gone):
            receiver.start()
        self.restart(7_200)
        self.settle("at rest", self.firing, self.names)
        faulty = [name for name in self.names if self.random.random() < 0.8] or self.names[:1]
        self.held = self.one if self.random.random() < 0.3 else None
        if self.held:
            self.held.stop()
        expected, kinds = set(), {}
        for step in range(self.random.choice([1, 1, 2])):
            for name in faulty:
                kinds[name] = self.random.choice([kind for kind in RULES if kind != kinds.get(name)])
                self.answers(name, str(self.random.randrange(50)) if kinds[name] == "low" else kinds[name])
                if kinds[name] == "low":
                    expected -= {(name, rule) for rule in ("unavailable", "key_rejected")}
            self.disturb(self.random.randrange(1, 5), faulty)
            # What is not waited for may be told or not, and must only be told in order.
            if self.random.random() < 0.75:
                expected |= {(name, RULES[kinds[name]]) for name in faulty}
                self.settle("an edge", lambda: self.untold(expected), faulty)
                if self.held:
                    self.superseded |= {entry[-1] for entry in self.firing() if len(entry) == 3}
        self.heal(faulty)
        self.tally.add(cycles=1)

    def heal(self, faulty):
        # More than ever before: no rise is a refund.
        self.highest += self.random.randrange(1, 100)
        amounts = {name: f"{self.highest}.{index:02}" for index, name in enumerate(faulty)}
        for name, amount in amounts.items():
            self.answers(name, amount)
        self.disturb(self.random.randrange(1, 4), faulty)
        if not self.held:
            self.settle("an end", lambda: self.unended(amounts), faulty)
            return
        # What the one that is down has not heard of is over before it is up again, and kept.
        over = self.settle("an end, with a target down", lambda: self.unended(amounts), faulty)
        time.sleep(0.5)
        over = over and not self.firing()
        held, self.held = self.held, None
        if held and over:
            told = self.superseded & held.told.fired
            held.start()
            self.settle("the end of a superseded edge", lambda: self.unended(amounts), faulty)
            for event in (self.superseded & held.told.fired) - told:
                self.tally.failed(f"{held.name}: {event} was superseded, and is told")
            self.tally.add(superseded=len(self.superseded - told))
        self.superseded = set()

    def finish(self):
        """Nothing is open, and a target that was gone is told what it missed when its configuration is another one."""
        for receiver in (self.one, self.two):
            for problem in [f"{receiver.name}: {key} never ended" for key in receiver.told.open]:
                self.tally.failed(problem)
        self.tally.add(gone_posts=len(self.gone.requests), gone_targets=1)
        self.restart(0)
        self.gone.status = self.posts_when_kept = None
        self.configure("/elsewhere")
        self.settle("a target that was gone", lambda: set() if self.gone.told.messages else {"its message"}, self.names)
        if self.gone.told.fired:
            self.tally.failed(f"{self.gone.name}: told what was over long ago")

    def run(self):
        try:
            # What was there before the first fault is read, and kept a second later.
            self.gateway.start()
            self.moment()
            time.sleep(1.5)
            while self.tally.goes_on():
                self.cycle()
            self.finish()
        except Exception as error:  # a check that dies is one that failed
            self.tally.failed(f"world {self.number}: {error!r}\n{traceback.format_exc()}")
        finally:
            self.gateway.kill("end")
            for receiver in (self.one, self.two, self.gone):
                receiver.stop()
