import { useState } from "react";

export const identity = <T,>(value: T) => value;

export default function Page({ title = "Home" }: { title?: string }) {
  const [count, setCount] = useState<number>(0);
  const total = identity<number>(count) + identity(title)!.length;
  setCount(total);
  return null;
}
