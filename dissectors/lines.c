/* lines: lines in a stream, also those that are longer than the window. */
#include "dissectors/lines.h"

void lines_drop_rest(bool *cut, struct bytes *in)
{
    struct bytes rest;
    if (!*cut)
        return;
    *cut = !bytes_line(in, &rest);
    if (*cut)
        bytes_skip(in, in->left);
}

bool lines_take(bool *cut, struct bytes *in, size_t most, struct bytes *line)
{
    lines_drop_rest(cut, in);
    if (in->left < most) /* nearly always */
        return bytes_line(in, line);
    struct bytes view = *in;
    view = bytes_take(&view, most);
    if (bytes_line(&view, line)) {
        bytes_skip(in, most - view.left);
        return true;
    }
    *line = bytes_take(in, most);
    *cut = true;
    return true;
}
