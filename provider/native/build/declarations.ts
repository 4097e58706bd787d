import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Root of the checkout. */
export const ROOT = path.resolve(__dirname, "../../..");

/** A property of an interface or class, as the source has it. */
export interface Property {
  name: string;
  type: ts.TypeNode;
  isOptional: boolean;
  description: string;
}

/** What the package's TypeScript sources declare, by name: the types of its inputs and outputs, and their docstrings. */
export class Declarations {
  readonly #byName = new Map<string, ts.InterfaceDeclaration | ts.ClassDeclaration | ts.TypeAliasDeclaration>();
  readonly #functions = new Map<string, ts.FunctionDeclaration>();

  /** @param files from the root of the checkout */
  constructor(files: readonly string[]) {
    for (const file of files) {
      const text = fs.readFileSync(path.join(ROOT, file), "utf8");
      for (const node of ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true).statements) {
        if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) this.#byName.set(node.name.text, node);
        if (ts.isClassDeclaration(node) && node.name !== undefined) this.#byName.set(node.name.text, node);
        if (ts.isFunctionDeclaration(node) && node.name !== undefined) this.#functions.set(node.name.text, node);
      }
    }
  }

  /** The type that an alias stands for; undefined for an interface or class. Raises an Error for an unknown name. */
  aliasOf(name: string): ts.TypeNode | undefined {
    const node = this.#find(name);
    return ts.isTypeAliasDeclaration(node) ? node.type : undefined;
  }

  /** The properties of an interface, or the declared ones of a class; not its static ones. */
  propertiesOf(name: string): Property[] {
    const node = this.#find(name);
    if (ts.isTypeAliasDeclaration(node)) throw new Error(`${name} has no properties of its own`);
    const own = [...node.members].flatMap((member) => {
      if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
      const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
      const isStatic = modifiers.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
      if (isStatic || member.type === undefined || !ts.isIdentifier(member.name)) return [];
      const { type } = member;
      return [
        { name: member.name.text, type, isOptional: member.questionToken !== undefined, description: docOf(member) },
      ];
    });
    if (ts.isClassDeclaration(node)) return own;
    const bases = [...(node.heritageClauses ?? [])].flatMap(({ types }) => [...types]);
    return [...bases.flatMap((base) => this.#withoutNames(base)), ...own];
  }

  /** The properties of `Omit<Interface, "name">`, the one form of what an interface extends. */
  #withoutNames(base: ts.ExpressionWithTypeArguments): Property[] {
    const [from, names] = base.typeArguments ?? [];
    if (from === undefined || names === undefined) throw new Error(`${base.getText()} is not an Omit<...>`);
    return this.propertiesOf(from.getText()).filter(({ name }) => !names.getText().includes(`"${name}"`));
  }

  describe(name: string): string {
    return docOf(this.#functions.get(name) ?? this.#find(name));
  }

  #find(name: string) {
    const node = this.#byName.get(name);
    if (node === undefined) throw new Error(`no type ${name} is declared in the files that were read`);
    return node;
  }
}

/** The docstring without its tags; links are the name that they point to. */
function docOf(node: ts.Node): string {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(doc?.comment) ?? "").replace(/\{@link (\w+)\}/g, "`$1`").replace(/\s*\n\s*/g, "\n");
}
