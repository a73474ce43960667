"""Random rows for the layers of strings and tokens, which only TensorFlow can run."""

from __future__ import annotations

from typing import Any

from tests.referee.preprocessing_draws import INT, STRING, Options, Row, Values
from tests.referee.preprocessing_draws import Drawer as Base

WORDS = ["a", "b", "c", "dog", "", "[UNK]"]


class Drawer(Base):
    """Draws rows for lookups, hashes and text."""

    def hashing(self) -> Row:
        config = self.options(
            {
                "num_bins": ([1, 4, 9], [0, -1, None, "3"]),
                "output_mode": (["int", "one_hot", "multi_hot", "count"], ["binary", "tf_idf", None]),
                "salt": ([None, 3, [1, 2]], [[1], "a"]),
                "mask_value": ([None, ""], []),
                "dtype": (["int32", "int64"], ["float32"]),
                "sparse": ([False, self.sparse], []),
            }
        )
        return self.row("Hashing", config, self.categories(STRING))

    def hashedcrossing(self) -> Row:
        config = self.options(
            {
                "num_bins": ([1, 4, 9], [-1, 2.5] if self.keras3 else []),
                "output_mode": (["int", "one_hot"], ["count", None]),
                "dtype": (["int32", "int64"], [] if self.keras3 else ["float32"]),
            }
        )
        first = self.categories(STRING)
        second = (first[0], INT) if self.chance(0.85) else self.categories(INT)
        if not self.keras3 and self.chance(0.1):
            return self.row("HashedCrossing", config, first, second, (first[0], STRING))
        return self.row("HashedCrossing", config, first, second)

    def vocabulary(self, integers: bool) -> Any:
        words: list[Any] = [0, 1, 5, -1, 12] if integers else WORDS
        tokens = self.random.sample(words, self.random.randint(1, 4))
        if self.chance(0.05):
            bad: list[Any] = [[], 3, {"a": 1}, [*tokens, tokens[0]], [None], [["a"]]]
            # Whether tf_keras finds a file depends on the machine.
            return self.random.choice([*bad, "/no/such/file.txt"] if self.keras3 else bad)
        return tokens

    def stringlookup(self) -> Row:
        return self.lookup("StringLookup")

    def integerlookup(self) -> Row:
        return self.lookup("IntegerLookup")

    def lookup(self, name: str) -> Row:
        integers = name == "IntegerLookup"
        options: Options = {
            "max_tokens": ([None, 5, 9], [1, 0, 2]),
            "num_oov_indices": ([0, 1, 2], [-1]),
            "mask_token": ([None, 0], ["x", {}]) if integers else ([None, ""], [3]),
            "output_mode": (["int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf"], ["x", None]),
            "pad_to_max_tokens": ([True, False], []),
            "invert": ([False, False, True], []),
            "oov_token": ([-1] if integers else ["[UNK]"], [None, {}, "x"] if integers and self.keras3 else [None, 3]),
            "vocabulary_size": ([3, 7, None], []),
            "sparse": ([False, self.sparse], []),
        }
        if self.keras3:
            options |= {"oov_method": (["floormod", "farmhash"], ["x"]), "salt": ([None, 3, [1, 2]], [[1], "a"])}
        config = self.options(options)
        if self.chance(0.7):
            config["vocabulary"] = self.vocabulary(integers)
        if config.get("output_mode") in ("tf_idf", "tf-idf") and (self.chance(0.8) or not self.keras3):
            tokens = config.get("vocabulary")
            count = len(tokens) if isinstance(tokens, list) else 2
            config["idf_weights"] = [0.5] * (count if self.chance(0.9) else count + 1)
            if not self.keras3 and "vocabulary" not in config:
                config.pop("num_oov_indices", None)  # tf_keras starts with this many idf weights
        dtype = INT if integers or config.get("invert") else STRING
        return self.row(name, config, self.categories(dtype))

    def textvectorization(self) -> Row:
        config: dict[str, Any] = {"standardize": "lower", "split": "whitespace", "ngrams": None}
        config |= self.options(
            {
                "standardize": ([None, "strip_punctuation"], ["x"] if self.keras3 else []),
                "split": ([None, "character"], ["x"] if self.keras3 else []),
                "ngrams": ([2, 3], ["x", 1.5]),
                "output_mode": (["int", "multi_hot", "count", "tf_idf"] + ["one_hot"] * self.keras3, ["x"]),
                "max_tokens": ([None, 5, 9], [1, 2]),
                "pad_to_max_tokens": ([False, False, True], []),
                "ragged": ([False, self.sparse], []),
                "sparse": ([False, self.sparse], []),
                "vocabulary_size": ([3, 7, None], []),
            }
        )
        if self.keras3 and self.chance(0.1):
            config["ngrams"] = [1, 2]
        if self.chance(0.04):
            config.pop(self.random.choice(["standardize", "split"] + ["ngrams"] * self.keras3))
        if self.chance(0.5):
            config["vocabulary"] = self.vocabulary(False)
        if self.chance(0.3):
            lengths: Values = ([3, 7], [-1, "a", 0] if self.keras3 else ["a"])
            config["output_sequence_length"] = self.pick(lengths)
        if config.get("output_mode") == "tf_idf" and isinstance(tokens := config.get("vocabulary"), list):
            config["idf_weights"] = [0.5] * len(tokens)
        return self.row("TextVectorization", config, self.categories(STRING))


FAMILY = ["Hashing", "HashedCrossing", "StringLookup", "IntegerLookup", "TextVectorization"]
NOT_IN_TF_KERAS: frozenset[str] = frozenset()
