/* views: one conversation that several sensors saw in one slice counts once.
 *
 * Of the sensors that saw packets of a pair in a slice the one that saw most of both directions keeps its rows; the
 * others' go, and the fact VIEWS_KEY at the pair names them. Where no sensor saw both directions, the best view of
 * each is taken and the two are joined: with their traffic added up, each flow counted once, and as a disposition what
 * both together show. Of a fact that several sensors read, the number of flows is the largest that one of them counted.
 * Rows of one sensor add up as ever, and so do bindings and coverage. */
#ifndef OBSERVATIONS_VIEWS_H
#define OBSERVATIONS_VIEWS_H

#include "observations/store.h"

#define VIEWS_KEY "sensor.also_seen"

/* To be called once, when all is read. */
void views_settle(struct observations *store);

#endif
