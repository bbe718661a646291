"""What one receiver was told, and what must hold of it."""

from decimal import Decimal

FIRING = {"balance.low", "balance.runway_short", "balance.unknown", "key.rejected"}
ENDS = {"balance.recovered", "balance.known"}


class Told:
    """Takes each message once, by its id, as Standard Webhooks asks. Whoever owns it guards it."""

    def __init__(self, name):
        self.name = name
        # The events of each message, by its id, and the message of each event.
        self.messages, self.message_of = {}, {}
        # What fires, by account and rule: the event that said so.
        self.open = {}
        self.fired, self.ended, self.unheard = set(), set(), set()
        # Events that it did not take, and of which the gateway cannot know that.
        self.doubtful = set()
        # Top-ups, by account and the amount after it.
        self.top_ups = set()
        self.repeats = 0

    def take(self, message_id, message, size):
        """Returns what does not hold."""
        events = sorted(message["data"]["events"], key=lambda event: event["at"])
        ids = {event["id"] for event in events}
        if size > 20_000:
            yield f"{self.name}: {message_id} has {size} bytes"
        if message_id in self.messages:
            self.repeats += 1
            # What was superseded meanwhile may be missing; nothing may have come in.
            if not ids <= self.messages[message_id]:
                yield f"{self.name}: {message_id} came again with other events"
            return
        self.messages[message_id] = ids
        for event in events:
            first = self.message_of.setdefault(event["id"], message_id)
            if first != message_id:
                yield f"{self.name}: {event['id']} came with {first} and with {message_id}"
                continue
            problem = self.event(event)
            if problem:
                yield f"{self.name}: {event['account']} {event['rule']}: {problem}"

    def event(self, event):
        key, kind = (event["account"], event["rule"]), event["type"]
        if kind in FIRING:
            before = self.open.get(key)
            self.open[key] = event["id"]
            self.fired.add(event["id"])
            return before and f"{event['id']} fires, and {before} has not ended"
        if kind in ENDS:
            ends = event["firing"]
            if ends in self.ended:
                return f"{ends} ended twice"
            self.ended.add(ends)
            if self.open.get(key) == ends:
                del self.open[key]
            elif key in self.open:
                return f"{ends} ends, and {self.open[key]} fires"
            elif ends not in self.fired:
                self.unheard.add(ends)
                return None if ends in self.doubtful else f"{ends} ends, and cannot have arrived"
            return None
        if kind == "balance.topped_up":
            top_up = (event["account"], Decimal(event["value"]))
            known = top_up in self.top_ups
            self.top_ups.add(top_up)
            return f"the top-up to {top_up[1]} is told twice" if known else None
        return f"a {kind} that nobody caused"
