import { answer } from "../common/chain";

export const dynamic = "force-dynamic";

async function ask() {
  "use server";
  await answer("action");
}

export default async function Page() {
  return (
    <form action={ask}>
      <p>{await answer("page")}</p>
      <button type="submit">Ask</button>
    </form>
  );
}
