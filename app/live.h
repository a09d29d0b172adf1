/* live: reading network interfaces into a crew until somebody has had enough, and telling what goes wrong with them on
 * the way: packets that are dropped, interfaces that go down or disappear. */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/crew.h"
#include "app/interim.h"
#include "app/options.h"

struct live;

/* Opens every interface of the options: what needs rights is then done. NULL with a failure. */
struct live *live_open(const struct options *options, struct failure *failure);
void live_close(struct live *live);

/* Reads until a signal asks to stop, --duration is over, --packets are there, or no interface is left; warnings go to
 * standard error. Reports in between go where `interim` says. Writes the coverage of each interface. With --fanout
 * there are more crews, made by `how` as this one was; what they observe is added to it. False with a failure. */
bool live_read(struct live *live, struct crew *crew, const struct crew_options *how, struct interim *interim,
               struct failure *failure);

#endif
