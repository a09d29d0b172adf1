/* window: one question, asked of each row of a file; a database is asked the same in its own words (clickhouse_read.c).
 */
#include "observations/window.h"

static bool is_within(const struct window *window, int64_t time_ns)
{
    return time_ns >= window->since_ns && time_ns < window->until_ns;
}

bool window_holds(const struct window *window, int kind, const union record *record, const struct observations *store)
{
    uint32_t sensor = 0;
    bool in_time = true;
    switch (kind) {
    case KIND_CONVERSATIONS:
        sensor = record->conversation.sensor;
        in_time = is_within(window, record->conversation.slice_ns);
        break;
    case KIND_FACTS:
        sensor = record->fact.sensor;
        in_time = is_within(window, record->fact.slice_ns);
        break;
    case KIND_BINDINGS:
        sensor = record->binding.sensor;
        in_time = record->binding.learned_ns < window->until_ns;
        break;
    default:
        sensor = record->coverage.sensor;
        in_time = record->coverage.packets == 0 ||
                  (record->coverage.first_ns < window->until_ns && record->coverage.last_ns >= window->since_ns);
    }
    return in_time && (window->sensor == NULL || strcmp(window->sensor, observations_text(store, sensor)) == 0);
}
