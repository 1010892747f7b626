"""Reminders are withdrawn about when they leave: in the wait for others, in line, on their way, after. What the notifier
says was dropped has never reached the chat, everything else has reached it once.

    chats_race.py PAIRS [SEED]
"""
import collections
import random
import sys
import threading
import time

import chats
from chats import Chat, Stage, check, remind, wait_for

TALKERS = 4


def race(stage, pairs, seed, talker):
    dice = random.Random(seed * TALKERS + talker)
    for i in range(pairs // TALKERS):
        name = f"r{talker}-{i}"
        stage.say(remind(name, "rep-" + name, dice.choice((0, 1))))
        time.sleep(dice.choice((0, dice.uniform(0, 0.005), dice.uniform(0, 0.06))))
        stage.say({"cancel": name})


def main():
    pairs = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"    seed {seed}")
    dice = random.Random(seed)
    chat = Chat(lambda n: (200, dice.choice((0, 0.003, 0.02))))
    stage = Stage(chat.port, group_wait="20ms", rate="400/1s")
    stage.start_notifier()
    wait_for(lambda: stage.waiting() is not None)
    talkers = [threading.Thread(target=race, args=(stage, pairs, seed, n)) for n in range(TALKERS)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    said = pairs // TALKERS * TALKERS
    rested = wait_for(lambda: stage.waiting() == 0 and stage.position() >= 2 * said, 60)
    check("everything comes to its end", rested, stage.waiting())
    final = {}
    for message, state, detail in stage.journal():
        final[message] = "DROPPED" if "cancelled" in detail else state
    requests = collections.Counter(seen.id for seen in chat.seen)
    counts = collections.Counter(final.values())
    check("each reminder is in a message of its own", len(final) == said, len(final))
    check("what was dropped never reached the chat",
          not [one for one in final if final[one] == "DROPPED" and requests[one]])
    check("what was not has reached it once",
          not [one for one in final if final[one] != "DROPPED" and (requests[one] != 1 or final[one] != "SENT")])
    check("both happened", counts["DROPPED"] > 0 and counts["SENT"] > 0, dict(counts))
    stage.close()
    sys.exit(chats.failed > 0)


main()
