"""What a benchmark yields: a figure of two sides, taken in alternation, and their ratio."""

import dataclasses
import statistics

SERVERS = ("gateway", "sshd")


def percentile(numbers, percent):
    """The nearest rank: the smallest of `numbers` that `percent` of them do not exceed."""
    ordered = sorted(numbers)
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(rank, 1) - 1]


@dataclasses.dataclass
class Figure:
    """One row of a table. `samples` has a list of numbers for each of the two `sides`: ours first,
    then what it is compared with."""
    name: str
    unit: str
    samples: dict
    higher_is_better: bool
    # The ratio of ours to the other that is to be reached; None where there is none.
    wanted: float = None
    sides: tuple = SERVERS
    # What is compared: the median, or this percentile of the samples.
    percent: int = 50

    def value(self, side):
        if self.percent == 50:
            return statistics.median(self.samples[side])
        return percentile(self.samples[side], self.percent)

    @property
    def ratio(self):
        ours, other = (self.value(side) for side in self.sides)
        return ours / other

    @property
    def gain(self):
        """How many times better than the other side: below 1 it is worse."""
        return self.ratio if self.higher_is_better else 1 / self.ratio

    @property
    def reached(self):
        if self.wanted is None:
            return None
        return self.ratio >= self.wanted if self.higher_is_better else self.ratio <= self.wanted

    def as_json(self):
        """All of it; what is computed is there for readers, from_json() computes it again."""
        return {**dataclasses.asdict(self), "ratio": self.ratio, "reached": self.reached,
                "value": {side: self.value(side) for side in self.sides}}

    @classmethod
    def from_json(cls, stored):
        fields = {field.name for field in dataclasses.fields(cls)}
        chosen = {name: value for name, value in stored.items() if name in fields}
        return cls(**{**chosen, "sides": tuple(chosen["sides"])})


def alternate(runs, measure, warm_up=True):
    """Calls measure(server) for both servers in turn, `runs` times each, after one call each that
    does not count. Whoever goes first changes. Returns {server: [result, ...]}."""
    if warm_up:
        for server in SERVERS:
            measure(server)
    samples = {server: [] for server in SERVERS}
    for run in range(runs):
        for server in SERVERS if run % 2 == 0 else reversed(SERVERS):
            samples[server].append(measure(server))
    return samples


def split(samples, index):
    """The figures at `index` of samples that are tuples."""
    return {server: [sample[index] for sample in taken] for server, taken in samples.items()}
