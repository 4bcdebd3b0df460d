// What code in a model folder has no reason to do. A start, not a collection: bring your own, and pin it.

rule reverse_shell
{
    meta:
        description = "a shell that is wired to a network connection"
        severity = "critical"
    strings:
        $bash = /bash -i >& ?\/dev\/tcp\/[A-Za-z0-9._-]+\/[0-9]+/
        $python = /socket\.socket\([^)]*\)[^\n]{0,200}os\.dup2\(/
        $netcat = /\bnc(at)? (-[a-z]+ )*-[a-z]*e[a-z]* \/bin\/(ba)?sh/
    condition:
        any of them
}

rule fetched_and_run
{
    meta:
        description = "something is fetched and handed to a shell"
        severity = "high"
    strings:
        $pipe = /\b(curl|wget)\b[^\n|]{0,200}\|\s*(sudo )?(ba)?sh\b/
    condition:
        $pipe
}

rule miner
{
    meta:
        description = "it speaks the protocol of mining pools"
        severity = "high"
    strings:
        $pool = "stratum+tcp://"
    condition:
        $pool
}
