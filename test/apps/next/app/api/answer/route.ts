import { answer } from "../../../common/chain";

export async function GET() {
  return Response.json({ answer: await answer("route") });
}
