/* pause: tells the processor that this is a loop of looks at what another one writes. */
#ifndef BASE_PAUSE_H
#define BASE_PAUSE_H

static inline void pause_a_little(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

#endif
