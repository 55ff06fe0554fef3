-- SPDX-License-Identifier: EUPL-1.2
-- What tells forged signatures from real ones, and what was decided about them.

-- Keyed hash (8 bytes) of the domain of the address, so that a decision can speak of a domain
-- without opening a record. Empty with samples and with what is older.
ALTER TABLE signature ADD COLUMN domain @blob;

-- Where a signature came from, for 48 hours: keyed hashes (8 bytes) of the network, under keys of
-- today and of yesterday, and of the domain.
CREATE TABLE trace (
    signature @id,
    declaration @int NOT NULL,
    at @time NOT NULL,
    flags @int NOT NULL, -- trace_flag in core/watch.h
    domain @blob NOT NULL,
    narrow @blob NOT NULL, -- /32 or /64
    wide @blob NOT NULL,   -- /24 or /48
    narrow_before @blob NOT NULL,
    wide_before @blob NOT NULL
);

-- Confirmed by the signer, not counted until somebody, or the clock, lets it go.
CREATE TABLE held (
    signature @id,
    declaration @int NOT NULL,
    rule @text NOT NULL, -- name of the rule in core/watch.c
    since @time NOT NULL, -- 0: not confirmed yet; `until` says what confirming will come to
    until @time NOT NULL  -- goes by itself from then on; 0: a person decides; -1: an hour
);
CREATE INDEX held_until ON held (until) WHERE until > 0;

-- Decisions of the organiser about many signatures at once, for the audit and for the public.
CREATE TABLE decision (
    id @id,
    declaration @int NOT NULL,
    verb @int NOT NULL, -- 1 released, 2 refused, 3 invalidated
    at @time NOT NULL,
    who @text NOT NULL,
    terms @text NOT NULL,  -- what it was about, in words of the command line
    reason @text NOT NULL, -- public
    n @int NOT NULL,
    undone @time NOT NULL, -- 0: stands
    undone_by @text NOT NULL
);
CREATE INDEX decision_declaration ON decision (declaration);

CREATE TABLE decision_item (
    decision @int NOT NULL,
    signature @int NOT NULL,
    PRIMARY KEY (decision, signature)
) @without_rowid;
CREATE INDEX decision_item_signature ON decision_item (signature);

-- Domains that are known by name: 0 seen often, 1 common, 2 disposable, 3 held. Others stand
-- nowhere in clear.
CREATE TABLE mail_domain (
    name @text PRIMARY KEY,
    class @int NOT NULL
) @without_rowid;

-- Large providers: many people of one domain are nothing to wonder about.
INSERT INTO mail_domain (name, class) VALUES
    ('gmail.com', 1),
    ('googlemail.com', 1),
    ('outlook.com', 1),
    ('outlook.de', 1),
    ('outlook.fr', 1),
    ('outlook.es', 1),
    ('outlook.it', 1),
    ('outlook.dk', 1),
    ('outlook.pt', 1),
    ('outlook.be', 1),
    ('outlook.at', 1),
    ('outlook.ie', 1),
    ('hotmail.com', 1),
    ('hotmail.fr', 1),
    ('hotmail.de', 1),
    ('hotmail.it', 1),
    ('hotmail.es', 1),
    ('hotmail.be', 1),
    ('hotmail.nl', 1),
    ('hotmail.se', 1),
    ('hotmail.dk', 1),
    ('hotmail.gr', 1),
    ('hotmail.co.uk', 1),
    ('live.com', 1),
    ('live.fr', 1),
    ('live.nl', 1),
    ('live.be', 1),
    ('live.dk', 1),
    ('live.se', 1),
    ('live.it', 1),
    ('live.ie', 1),
    ('msn.com', 1),
    ('yahoo.com', 1),
    ('yahoo.fr', 1),
    ('yahoo.de', 1),
    ('yahoo.es', 1),
    ('yahoo.it', 1),
    ('yahoo.gr', 1),
    ('yahoo.ie', 1),
    ('yahoo.ro', 1),
    ('yahoo.co.uk', 1),
    ('ymail.com', 1),
    ('icloud.com', 1),
    ('me.com', 1),
    ('mac.com', 1),
    ('aol.com', 1),
    ('proton.me', 1),
    ('protonmail.com', 1),
    ('pm.me', 1),
    ('fastmail.com', 1),
    ('tuta.com', 1),
    ('tutanota.com', 1),
    ('tutanota.de', 1),
    ('mailbox.org', 1),
    ('posteo.de', 1),
    ('posteo.net', 1),
    ('gmx.de', 1),
    ('gmx.net', 1),
    ('gmx.at', 1),
    ('gmx.com', 1),
    ('gmx.ch', 1),
    ('web.de', 1),
    ('t-online.de', 1),
    ('freenet.de', 1),
    ('arcor.de', 1),
    ('aon.at', 1),
    ('chello.at', 1),
    ('orange.fr', 1),
    ('wanadoo.fr', 1),
    ('free.fr', 1),
    ('laposte.net', 1),
    ('sfr.fr', 1),
    ('neuf.fr', 1),
    ('bbox.fr', 1),
    ('skynet.be', 1),
    ('telenet.be', 1),
    ('proximus.be', 1),
    ('ziggo.nl', 1),
    ('kpnmail.nl', 1),
    ('kpnplanet.nl', 1),
    ('planet.nl', 1),
    ('xs4all.nl', 1),
    ('home.nl', 1),
    ('hetnet.nl', 1),
    ('pt.lu', 1),
    ('libero.it', 1),
    ('virgilio.it', 1),
    ('tiscali.it', 1),
    ('alice.it', 1),
    ('tin.it', 1),
    ('telefonica.net', 1),
    ('terra.es', 1),
    ('ono.com', 1),
    ('sapo.pt', 1),
    ('clix.pt', 1),
    ('iol.pt', 1),
    ('mail.telepac.pt', 1),
    ('seznam.cz', 1),
    ('email.cz', 1),
    ('centrum.cz', 1),
    ('post.cz', 1),
    ('volny.cz', 1),
    ('azet.sk', 1),
    ('centrum.sk', 1),
    ('zoznam.sk', 1),
    ('pobox.sk', 1),
    ('post.sk', 1),
    ('wp.pl', 1),
    ('o2.pl', 1),
    ('onet.pl', 1),
    ('op.pl', 1),
    ('poczta.onet.pl', 1),
    ('interia.pl', 1),
    ('gazeta.pl', 1),
    ('vp.pl', 1),
    ('freemail.hu', 1),
    ('citromail.hu', 1),
    ('t-online.hu', 1),
    ('indamail.hu', 1),
    ('abv.bg', 1),
    ('mail.bg', 1),
    ('dir.bg', 1),
    ('siol.net', 1),
    ('volja.net', 1),
    ('net.hr', 1),
    ('inet.hr', 1),
    ('t-com.hr', 1),
    ('otenet.gr', 1),
    ('forthnet.gr', 1),
    ('cytanet.com.cy', 1),
    ('onvol.net', 1),
    ('maltanet.net', 1),
    ('eircom.net', 1),
    ('telia.com', 1),
    ('comhem.se', 1),
    ('bredband.net', 1),
    ('spray.se', 1),
    ('mail.dk', 1),
    ('tdcadsl.dk', 1),
    ('jubii.dk', 1),
    ('stofanet.dk', 1),
    ('luukku.com', 1),
    ('suomi24.fi', 1),
    ('elisanet.fi', 1),
    ('kolumbus.fi', 1),
    ('mail.ee', 1),
    ('hot.ee', 1),
    ('online.ee', 1),
    ('inbox.lv', 1),
    ('inbox.lt', 1),
    ('one.lt', 1),
    ('takas.lt', 1),
    ('europa.eu', 1);

-- Throw-away addresses, the well-known ones. `undersigned domains` adds others.
INSERT INTO mail_domain (name, class) VALUES
    ('mailinator.com', 2),
    ('guerrillamail.com', 2),
    ('guerrillamail.net', 2),
    ('sharklasers.com', 2),
    ('10minutemail.com', 2),
    ('temp-mail.org', 2),
    ('tempmail.com', 2),
    ('yopmail.com', 2),
    ('yopmail.fr', 2),
    ('trashmail.com', 2),
    ('trashmail.de', 2),
    ('wegwerfmail.de', 2),
    ('throwawaymail.com', 2),
    ('getnada.com', 2),
    ('dispostable.com', 2),
    ('maildrop.cc', 2),
    ('mintemail.com', 2),
    ('mohmal.com', 2),
    ('fakeinbox.com', 2),
    ('moakt.com', 2),
    ('emailondeck.com', 2),
    ('spamgourmet.com', 2),
    ('mailnesia.com', 2),
    ('tempail.com', 2),
    ('discard.email', 2),
    ('byom.de', 2),
    ('jetable.org', 2),
    ('spam4.me', 2),
    ('mytemp.email', 2),
    ('burnermail.io', 2);
