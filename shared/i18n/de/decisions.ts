import type { decisionsEn } from '../en/decisions.ts';

export const decisionsDe: Readonly<Record<keyof typeof decisionsEn, string>> = {
  'programs.tab.doors': 'Wie sie fragen',
  'programs.tab.permissions': 'Was sie dürfen',
  'approval.name.mixed-scripts':
    'Ein Name hier mischt Buchstaben mehrerer Alphabete, wie es Nachahmungen bekannter Namen tun.',
  'approval.name.look-alike':
    'Ein Name hier sieht nach lateinischen Buchstaben aus, ist aber in einem anderen Alphabet geschrieben.',
  'approval.odd-letters': 'enthält Buchstaben, die anderen gleichen',
  'approval.account': 'Konto: {account} bei {provider}',
  'approval.choose-account': 'Welches Konto antwortet',
  'approval.choose-account-why':
    'Du hast {count} Konten bei {provider}, und das Programm hat nicht gesagt, welches es meint.',
  'approval.scopes-title': 'Wofür (Scopes)',
  'approval.audience-title': 'Für welche Dienste (Audiences)',
  'approval.unlimited':
    'Das Mytoken dieses Kontos hat keine Grenzen. Sein Server gibt dann alle seine Scopes für jeden Dienst, gleich was verlangt wird.',
  'approval.any-audience':
    'Nicht auf einen Dienst begrenzt: jeder, der dem Anbieter vertraut, kann es annehmen.',
  'approval.not-given': 'nicht gegeben',
  'approval.any-scope': 'Jeder Scope, den das Konto hat.',
  'approval.any-service': 'Für jeden Dienst.',
  'approval.asked-in-vain': 'Das Programm hat {list} verlangt; das ändert nichts.',
  'approval.mytoken-name': 'Es wird „{name}“ heißen.',
  'approval.revocable': 'Du kannst es später unter Aktivität widerrufen, oder beim Konto unter Mytokens.',
  'approval.would-get': 'Was es bekäme, verglichen mit deinem Konto',
  'approval.you-give': 'Was du gibst, verglichen mit dem Verlangten',
  'approval.as-asked': 'Das Verlangte geben',
  'approval.compare.account.same': '– wie dein Konto',
  'approval.compare.account.part': '– weniger als dein Konto',
  'approval.compare.account.not-held': '– hat dein Konto nicht und kann es nicht geben',
  'approval.compare.account.dropped': 'Es darf nicht: {list}.',
  'approval.compare.asked.same': '– wie verlangt',
  'approval.compare.asked.part': '– weniger als verlangt',
  'approval.compare.asked.not-held': '– nicht verlangt',
  'approval.compare.asked.dropped': 'Verlangt und nicht gegeben: {list}.',
  'approval.dangerous':
    'Damit kann es deine Einstellungen beim Mytoken-Server ändern, auch, wer sich anmelden darf.',
  'approval.unrestricted':
    'Ohne jede Grenze: jeder Scope, den das Konto hat, für jeden Dienst, von überall, für immer.',
  'approval.limits.account.inherited': 'Mit den Grenzen deines Kontos.',
  'approval.limits.account.same': 'Mit denselben Grenzen wie dein Konto.',
  'approval.limits.account.tighter': 'Enger als dein Konto.',
  'approval.limits.asked.inherited': 'Mit den verlangten Grenzen.',
  'approval.limits.asked.same': 'Mit den verlangten Grenzen.',
  'approval.limits.asked.tighter': 'Enger als verlangt.',
  'approval.endless': 'Es endet nie von selbst.',
  'approval.lifetime': 'Gilt noch {span}: bis {time}.',
  'approval.remember-how-long': 'Wie lange nicht noch einmal fragen',
  'approval.remember-what':
    'Das gilt für dieses Programm und dieses Konto, und nie für mehr, als du jetzt gibst.',
  'approval.block-what': 'Es bleibt blockiert, bis du es unter Programme freigibst.',
  'approval.waiting-for-unlock': '{count, plural, one {# Anfrage wartet.} other {# Anfragen warten.}}',
  'approval.position': 'Die erste von {count} Anfragen',
  'approval.arming': 'Bitte erst lesen …',
  'approval.add-account': 'Konto hinzufügen …',
  'approval.over':
    'Die Zeit ist abgelaufen. {program} hat nichts bekommen. Was du hier geändert hast, ist weg, sobald du das Fenster schließt.',
  'approval.missed': 'Die Zeit für die Anfrage davor ist abgelaufen. {program} hat nichts bekommen.',
  'approval.not-answering':
    'Die Knöpfe dieses Fensters gehen im Augenblick nicht. Nichts wird gegeben. Schließt du das Fenster, ist die Anfrage abgelehnt.',
  'approval.details.process': 'Prozess',
  'approval.door.agent-socket': 'über den Socket von oidc-agent',
  'approval.door.http': 'über HTTP auf diesem Rechner',
  'approval.door.http-socket': 'über den HTTP-Socket',
  'notify.approval.burst': '{count} Anfragen von {program}',
  'notify.approval.several': '{count} Anfragen warten auf deine Antwort',
  'notify.grant-used.title': '{program} hat ein Zugriffstoken von {account} bekommen',
  'notify.grant-used.body':
    '{count, plural, one {Eine gemerkte Antwort hat es erlaubt.} other {Eine gemerkte Antwort hat es #-mal in einer Minute erlaubt.}}',
  'settings.notify.grantUse': 'Wenn eine gemerkte Antwort ein Programm durchlässt',
  'tray.status.waiting': '{status} · {count, plural, one {# Anfrage wartet} other {# Anfragen warten}}',
  'agent.grants-hint':
    'Was du erlaubt hast, ohne noch einmal gefragt zu werden. Wird die App gesperrt, ist alles vergessen, was nicht immer gilt.',
  'agent.grant-default': 'was der Anbieter von sich aus gibt',
  'agent.grant-since': 'gemerkt',
  'agent.grant-always': 'immer',
  'agent.grant-uses': '{count, plural, =0 {noch nicht genutzt} one {einmal genutzt} other {#-mal genutzt}}',
  'agent.keep': 'Immer erlauben',
  'agent.keep-one': 'Immer erlauben: {program}, {account}',
  'agent.forget-all': 'Alle vergessen',
  'agent.forget-all-question': 'Alle gemerkten Antworten vergessen?',
  'agent.forget-all-what':
    'Nach jedem Programm wird wieder gefragt. Token, die es schon hat, gelten, bis sie ablaufen.',
  'agent.blocked': 'Blockierte Programme',
  'agent.blocked-hint':
    'Sie bekommen nichts, und du wirst nicht gefragt. Nach drei Ablehnungen wird das Blockieren angeboten.',
  'agent.blocked-none': 'Kein Programm ist blockiert.',
  'agent.unblock': 'Freigeben: {program}',
  'agent.unblock-short': 'Freigeben',
  'agent.blocked-since': 'blockiert',
  'agent.policies-none': 'Es gibt noch keine Konten.',
};
