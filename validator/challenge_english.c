/* English: some three hundred words, and what is said with them. */
#include <stddef.h>

#include "validator/challenge_lexicon.h"

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}

const char *const challenge_english_phrases[] = {"Yes, please.", "No.",
    "Thank you.", "Not today.", "Come in.", "Good morning.", "Who is there?",
    "One moment.", "Well done.", "See you on Monday.", "It is late.",
    "Where are we?", "Nothing yet.", "As you like.", "Better than before.",
    "Everything is ready.", "That was my mistake.", "How much is it?",
    "Leave it here.", "I have heard that.", NULL};

const char *const challenge_english_frames[] = {"%N %V the %O.",
    "Is the %O %A?", "%N is at the %L.", "I would like %C %Q, please.",
    "%N %V the %A %O %P.", "The %A %O was %D %P.",
    "%N and %N walked to the %L with %C %Q.",
    "Please bring the %O to the %L before %H.",
    "Nobody knew why the %O was so %A.", "Is the %A %O still %P?",
    "I think that %N will %I the %O %U.", "My %F %V the %O because it was %A.",
    "There were %C %Q and a %B %P.", "%N said that the %L opens at %H.",
    "When it rained, %N %V the %A %O.", "Have you seen the %O that %N %V?",
    "We should %I the %A %O %U.", "After %H the %L was %A and the %O was %D.",
    "%N never %V a %B without a %B.", "The %F of %N has %C %A %Q.",
    "It took %N %C hours to %I the %O.", "Between %N and the %L stood a %B.",
    "Do not %I the %O until %N has %D it.", "Every %W, %N counts the %Q %P.",
    "Last %W my %F %V %C %Q.", "If the %O is %D, ask %N at the %L.", NULL};

WORDS(names, "Anna", "Peter", "Laura", "George", "Helen", "Martin", "Susan",
    "Thomas", "Emma", "Robert", "Alice", "Daniel", "Maria", "Henry", "Julia",
    "Simon", "Rachel", "Victor", "Nora", "David", "Clara", "Walter", "Diana",
    "Oscar", "Sarah", "Philip");
WORDS(verbs, "found", "carried", "painted", "sold", "repaired", "opened",
    "moved", "borrowed", "lost", "cleaned", "watched", "bought", "described",
    "followed", "dropped", "missed", "returned", "measured", "kept", "hid",
    "ordered", "forgot", "chose", "wanted", "noticed", "packed", "saved");
WORDS(bases, "open", "carry", "paint", "sell", "repair", "move", "borrow",
    "clean", "watch", "buy", "describe", "follow", "return", "measure", "keep",
    "hide", "order", "forget", "choose", "finish", "send", "test", "weigh");
WORDS(done, "broken", "painted", "finished", "repaired", "forgotten",
    "delivered", "cleaned", "covered", "opened", "counted", "moved", "polished",
    "wrapped", "tested", "measured");
WORDS(adjectives, "heavy", "green", "quiet", "narrow", "simple", "bright",
    "empty", "round", "gentle", "wooden", "yellow", "modern", "strange", "warm",
    "broad", "sharp", "hollow", "pretty", "ancient", "clever", "dark", "famous",
    "fresh", "golden", "honest", "large", "little", "noisy", "patient",
    "purple", "silver", "sudden", "thin", "tired", "useful", "white", "wild",
    "young");
WORDS(objects, "table", "window", "bicycle", "letter", "garden", "basket",
    "camera", "river", "mirror", "ladder", "engine", "blanket", "bottle",
    "carpet", "kettle", "lamp", "machine", "map", "paper", "piano", "pocket",
    "radio", "saddle", "teapot", "ticket", "umbrella", "violin", "wallet",
    "candle", "button", "hammer", "jacket", "pencil", "curtain", "drawer",
    "fountain", "guitar", "helmet", "notebook", "package");
WORDS(some, "boat", "chair", "clock", "coat", "dog", "fence", "horse", "house",
    "key", "knife", "ladder", "painting", "picture", "rope", "stone", "tree",
    "truck", "wheel");
WORDS(plurals, "apples", "books", "boxes", "bridges", "cards", "children",
    "coins", "flowers", "glasses", "hats", "islands", "lessons", "letters",
    "maps", "neighbors", "pages", "plates", "potatoes", "questions", "ships",
    "stories", "students", "tickets", "towers", "visitors", "windows");
WORDS(numbers, "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "twenty",
    "thirty", "forty", "fifty", "a hundred");
WORDS(hours, "noon", "midnight", "one o'clock", "half past two", "three",
    "a quarter to four", "five o'clock", "six thirty", "seven",
    "ten past eight", "nine o'clock", "half past ten");
WORDS(places, "near the harbor", "behind the church", "in the kitchen",
    "on the hill", "under the bridge", "at the station", "in the valley",
    "next to the school", "by the lake", "inside the tower",
    "across the street", "in the library", "on the second floor",
    "at the corner", "over the fireplace", "beside the road");
WORDS(buildings, "market", "museum", "bakery", "hospital", "theater", "office",
    "factory", "library", "station", "restaurant", "hotel", "village",
    "workshop", "airport", "castle", "farm", "post office");
WORDS(later, "tomorrow", "next week", "this evening", "on Friday",
    "before winter", "in a minute", "after lunch", "at the weekend",
    "in the morning", "later today");
WORDS(family, "brother", "sister", "mother", "father", "uncle", "aunt",
    "cousin", "grandmother", "neighbor", "teacher", "daughter", "son");
WORDS(days, "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    "Sunday", "summer", "winter", "spring", "week", "evening");

const struct challenge_list challenge_english_lists[] = {{'N', names},
    {'V', verbs}, {'I', bases}, {'D', done}, {'A', adjectives}, {'O', objects},
    {'B', some}, {'Q', plurals}, {'C', numbers}, {'H', hours}, {'P', places},
    {'L', buildings}, {'U', later}, {'F', family}, {'W', days}, {0, NULL}};
