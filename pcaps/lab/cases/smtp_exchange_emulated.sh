# smtp_exchange_emulated: the two Exchange cases in one capture (emulated)
servers=(dc exchange_smtp)

drive()
{
    drive_all exchange_anonymoustls_emulated exchange_exps_emulated
}
