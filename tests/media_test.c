/* What protects media is told by the session description that named its port. */
#include "tests/scene.h"

#define UM  "10.0.0.2"
#define PBX "10.0.0.9"

/* The encryption of the only session of a conversation with PBX:20000/udp, recognised as `protocol`, which descriptions
 * of these profiles told. */
static void assert_protected(const char *protocol, const char *profile, const char *other, const char *encryption)
{
    struct scene scene;
    scene_open(&scene);
    scene_flows(&scene, scene_pair(&scene, UM, PBX, 17, 20000), DISPOSITION_OK, protocol, "", "", 1);
    scene_learn(&scene, PBX, UM, "sdp", profile, 20000, "", 0, 0);
    scene_learn(&scene, PBX, UM, "sdp", other, 20000, "", 0, 0);
    const struct audit *audit = scene_audit(&scene, NULL, NULL);
    const struct judged_conversation *media = scene_conversation(audit, UM, PBX, 20000);
    assert_int_equal(media->session_count, 1);
    assert_string_equal(media->sessions[0].encryption, encryption);
    scene_close(&scene);
}

static void the_profile_tells_secured_media_from_clear(void **state)
{
    (void)state;
    assert_protected("rtp", "rtp", "rtp", "none");
    assert_protected("rtp", "srtp", "srtp", "srtp");
    assert_protected("", "srtp", "srtp", "srtp");
}

static void media_that_was_not_recognised_is_not_called_clear(void **state)
{
    (void)state;
    assert_protected("", "rtp", "rtp", "");
    assert_protected("stun", "rtp", "rtp", "");
}

static void descriptions_that_do_not_agree_prove_nothing(void **state)
{
    (void)state;
    assert_protected("rtp", "rtp", "srtp", "");
    assert_protected("rtp", "srtp", "t38", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_profile_tells_secured_media_from_clear),
        cmocka_unit_test(media_that_was_not_recognised_is_not_called_clear),
        cmocka_unit_test(descriptions_that_do_not_agree_prove_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
