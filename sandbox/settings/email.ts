/** The user's e-mail address (protocol 14.4). */
import { byContentType } from '../http/body.ts';
import { badRequest, noContent, type Exchange, type Reply } from '../http/exchange.ts';
import type { ServerContext } from '../server/context.ts';
import { otherUse } from '../server/other-use.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import { actionLink } from '../users/actions.ts';
import { sendMail } from '../users/mail.ts';
import { userOf } from '../users/users.ts';

const VERIFICATION_SECONDS = 3600;

export function showEmail(context: ServerContext, exchange: Exchange): Promise<Reply> {
  return otherUse(context, exchange, undefined, {
    needs: 'read@settings:email',
    work: ({ token }, caller) => {
      addEvent(context, token, 'email_settings_listed', '', caller);
      const user = userOf(context, token.claims.sub);
      return {
        status: 200,
        body: {
          email_address: user.emailAddress,
          email_verified: user.emailVerified,
          prefer_html_mail: user.prefersHtmlMail,
        },
      };
    },
  });
}

function changeAddress(context: ServerContext, sub: string, address: string): void {
  const user = userOf(context, sub);
  user.emailAddress = address;
  user.emailVerified = false;
  const link = actionLink(context, {
    action: 'verify_email',
    sub,
    expires: context.clock.nowS() + VERIFICATION_SECONDS,
    emailAddress: address,
  });
  sendMail(context, sub, {
    kind: 'verify_email',
    subject: 'mytoken notifications: Verify email',
    text: 'Please verify this email address within one hour.',
    links: [link],
  });
}

export async function changeEmail(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const address = fields.string('email_address') ?? '';
  const html = fields.get('prefer_html_mail') === undefined ? undefined : fields.boolean('prefer_html_mail');
  if (address === '' && html === undefined) throw badRequest('no request parameter given');
  return otherUse(context, exchange, fields, {
    needs: 'settings:email',
    work: ({ token }, caller) => {
      const { sub } = token.claims;
      // Logged first: whoever is told about changes is told at the address known so far.
      if (address !== '') addEvent(context, token, 'email_changed', '', caller);
      if (html !== undefined)
        addEvent(context, token, 'email_mimetype_changed', html ? 'to html' : 'to plain text', caller);
      const user = userOf(context, sub);
      if (html !== undefined) user.prefersHtmlMail = html;
      // The address the user already has stays verified.
      if (address !== '' && address !== user.emailAddress) changeAddress(context, sub, address);
      context.store.touch();
      return { status: 200, empty: noContent() };
    },
  });
}
