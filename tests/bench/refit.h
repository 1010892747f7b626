// A refit beside what an analyst would do: the models of buying and spending, fitted to 25,000 customers that all
// differ.
#ifndef TEND_BENCH_REFIT_H
#define TEND_BENCH_REFIT_H

// Measures so many fits of each kind and prints them. `peer`: pandas_peer.py.
void refit_measure(const char *peer, unsigned rounds);

#endif
