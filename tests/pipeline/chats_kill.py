"""kill -9 of the real tend-notifier against a chat that records everything: nothing is lost, and a message is repeated
only out of UNKNOWN, with the same id.

    chats_kill.py SECONDS [SEED]      how long the random kills go on
"""
import collections
import random
import signal
import subprocess
import sys
import threading
import time

import chats
from chats import Chat, Deaf, Stage, check, remind, wait_for

AGAIN = "Sent again because"


def states(stage, message_id):
    return [state for one, state, _ in stage.journal() if one == message_id]


def only(chat):
    ids = {seen.id for seen in chat.seen}
    return ids.pop() if len(ids) == 1 else None


def before_it_is_chosen():
    chat = Chat()
    stage = Stage(chat.port, group_wait="1500ms")
    stage.start_notifier()
    stage.say(remind("r1", "wang"))
    check("killed while a message waits for others", stage.reach("wang", "HELD") and chat.count() == 0)
    stage.kill()
    stage.start_notifier()
    check("it leaves after the start, once", stage.reach("wang", "SENT") and chat.count() == 1, chat.count())
    check("and was never unknown", "UNKNOWN" not in states(stage, only(chat)))
    stage.close()


def before_the_request():
    chat, deaf = Chat(), Deaf()
    stage = Stage(deaf.port)
    stage.start_notifier()
    stage.say(remind("r1", "wang"))
    check("killed between the commit and the request", stage.reach("wang", "SENDING"))
    stage.kill()
    deaf.close()
    stage.aim(chat.port)
    stage.start_notifier()
    check("it is not lost", stage.reach("wang", "SENT") and chat.count() == 1, chat.count())
    check("it was unknown first, and is told with the same id",
          "UNKNOWN" in states(stage, only(chat)) and chat.seen[0].attempt == 2)
    stage.close()


def with_the_request_open():
    chat = Chat(lambda n: (200, 30 if n == 0 else 0))
    stage = Stage(chat.port)
    stage.start_notifier()
    stage.say(remind("r1", "wang"))
    check("killed between request and answer", wait_for(lambda: chat.count() == 1))
    stage.kill()
    stage.start_notifier()
    check("it is told again", stage.reach("wang", "SENT") and chat.count() == 2, chat.count())
    check("out of unknown, with the same id, which people see",
          only(chat) is not None and "UNKNOWN" in states(stage, only(chat)) and
          all("#" + seen.id[:6] in seen.text for seen in chat.seen))
    check("and the second one says that it may be one", AGAIN in chat.seen[1].text and AGAIN not in chat.seen[0].text)
    stage.close()


def between_answer_and_commit():
    """The process stands still from before the answer until it dies: what it was told is never stored."""
    chat = Chat(lambda n: (200, 1 if n == 0 else 0))
    stage = Stage(chat.port)
    stage.start_notifier()
    stage.say(remind("r1", "wang"))
    wait_for(lambda: chat.count() == 1)
    stage.kill(signal.SIGSTOP)
    wait_for(lambda: chat.answered == 1)  # the chat says yes to nobody
    stage.kill()
    stage.start_notifier()
    check("killed between answer and commit: told again, out of unknown, with the same id",
          stage.reach("wang", "SENT") and chat.count() == 2 and only(chat) is not None and
          "UNKNOWN" in states(stage, only(chat)), chat.count())
    stage.close()


def after_the_commit():
    chat = Chat()
    stage = Stage(chat.port)
    stage.start_notifier()
    stage.say(remind("r1", "wang"))
    check("killed after the commit", stage.reach("wang", "SENT"))
    first = only(chat)
    stage.kill()
    stage.start_notifier()
    stage.say(remind("r2", "li"))  # once this one is out, the start is over and all that was to be repeated is
    check("it is never told again", stage.reach("li", "SENT") and stage.waiting() == 0 and len(chat.of(first)) == 1)
    stage.close()


# --- at random

class Story:
    """What was said, who dies when, and what the chat does."""

    def __init__(self, seconds, seed):
        self.dice = random.Random(seed)
        self.reminders, self.cancelled = [], set()
        self.mild = False
        self.chat = Chat(self.manner)
        self.stage = Stage(self.chat.port, group_wait="20ms")
        self.kills, self.rest_s = 0, 0
        self.seconds = seconds

    def manner(self, number):
        if self.mild:
            return 200, 0
        fate = self.dice.random()
        if fate < 0.02:
            return 500, 0
        if fate < 0.03:
            return 429, 0
        if fate < 0.06:
            return 0, 0.02  # takes it and hangs up
        return 200, self.dice.choice((0, 0, 0.01, 0.05, 0.2))

    def talk(self, until):
        while time.monotonic() < until:
            lines = []
            for _ in range(self.dice.randint(1, 12)):
                self.reminders.append(f"r{len(self.reminders)}")
                lines.append(remind(self.reminders[-1], f"rep{self.dice.randrange(200)}", self.dice.choice((0, 1, 2))))
            if self.dice.random() < 0.3:
                gone = self.dice.choice(self.reminders)
                self.cancelled.add(gone)
                lines.append({"cancel": gone})
            self.stage.say(*lines)
            time.sleep(self.dice.uniform(0, 0.08))

    def run(self):
        until = time.monotonic() + self.seconds
        talker = threading.Thread(target=self.talk, args=(until,))
        self.stage.start_notifier()
        talker.start()
        while time.monotonic() < until:
            # Sometimes before it is up, mostly while it works.
            wait_for(lambda: self.stage.position() >= 0, self.dice.choice((0.05, 5, 5, 5)))
            time.sleep(self.dice.uniform(0, 0.4))
            self.stage.kill()
            self.kills += 1
            self.stage.start_notifier()
        talker.join()
        self.mild = True
        began = time.monotonic()
        rested = bool(wait_for(self.at_rest, 120))
        self.rest_s = time.monotonic() - began
        return rested

    def at_rest(self):
        time.sleep(0.1)
        return self.stage.waiting() == 0 and self.stage.position() >= self.said()

    def said(self):
        answer = self.stage.call(self.stage.prompt_port, "GET", "/v1/status")
        return int(answer["last"]) if answer else 1 << 60


def count_changes(journal):
    unknown, refused = collections.Counter(), collections.Counter()
    final, before = {}, {}
    for message, state, reason in journal:
        unknown[message] += state == "UNKNOWN" and before.get(message) != "UNKNOWN"
        refused[message] += state == "HELD" and before.get(message) == "SENDING"
        before[message] = state
        final[message] = "DROPPED" if state == "DEAD" and "cancelled" in reason else state
    return unknown, refused, final


def at_random(seconds, seed):
    print(f"    seed {seed}", flush=True)
    story = Story(seconds, seed)
    rested = story.run()
    chat, stage = story.chat, story.stage
    check("after random kills everything comes to its end", rested, stage.waiting())
    unknown, refused, final = count_changes(stage.journal())
    requests = collections.Counter(seen.id for seen in chat.seen)
    good = collections.Counter(seen.id for seen in chat.seen if seen.status == 200)
    told, carrier = set(), collections.defaultdict(set)
    for seen in chat.seen:
        for reminder in seen.ids:
            carrier[reminder].add(seen.id)
            if seen.status == 200:
                told.add(reminder)
    lost = [one for one in story.reminders if one not in told and one not in story.cancelled]
    check("no reminder is lost", not lost, lost[:5])
    check("none is in two messages", not [one for one in carrier if len(carrier[one]) > 1])
    check("a message is there again only when it was unknown or refused before",
          not [one for one in requests if requests[one] > 1 + unknown[one] + refused[one]])
    check("what the chat had taken is there again only out of unknown",
          not [one for one in good if good[one] > 1 + unknown[one]])
    check("each request bears the id that people see",
          all("#" + seen.id[:6] in seen.text for seen in chat.seen))
    check("what was dropped never left unless it may have",
          not [one for one in final if final[one] == "DROPPED" and good[one] > 0 and unknown[one] == 0])
    counts = collections.Counter(final.values())
    print(f"    {story.kills} kills, {len(story.reminders)} reminders ({len(story.cancelled)} withdrawn) in "
          f"{len(final)} messages: {dict(counts)}; {len(chat.seen)} requests, {sum(unknown.values())} times unknown, "
          f"{sum(good.values()) - len(good)} taken again; at rest after {story.rest_s:.1f} s", flush=True)
    stage.close()


def main():
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    for scene in (before_it_is_chosen, before_the_request, with_the_request_open, between_answer_and_commit,
                  after_the_commit):
        try:
            scene()
        except (OSError, IndexError, subprocess.CalledProcessError) as trouble:
            check(scene.__name__, False, trouble)
    at_random(seconds, seed)
    sys.exit(chats.failed > 0)


main()
