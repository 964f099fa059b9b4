import Foundation
import Parsers

// The fuzzing program: the parser named by LAYERFOLD_FUZZ_PARSER under libFuzzer, whose arguments it takes. Its one command
// of its own, `seeds FOLDER`, writes the small valid inputs of that parser. It exists with LAYERFOLD_FUZZ=1 only.

private let parser: Parser = {
  let name = ProcessInfo.processInfo.environment["LAYERFOLD_FUZZ_PARSER"] ?? ""
  guard let parser = Parser(rawValue: name) else {
    preconditionFailure("LAYERFOLD_FUZZ_PARSER is one of \(Parser.allCases.map(\.rawValue))")
  }
  return parser
}()

/// Runs the parser on one input; stops the program if a law is broken.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer passes `count` bytes that live during the call.
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try parser.accepts(bytes)
  } catch {
    preconditionFailure("\(error)")
  }
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Starts libFuzzer, or writes seeds.
@main enum Fuzz {
  /// Runs the program.
  static func main() throws {
    let words = CommandLine.arguments
    if words.count == 3, words[1] == "seeds" {
      for (index, seed) in try Seed.inputs(parser).enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: words[2]).appending(path: "seed-\(index)"))
      }
      return
    }
    try parser.prepare()
    var (count, arguments) = (CommandLine.argc, CommandLine.unsafeArgv)
    exit(runDriver(&count, &arguments) { testOneInput($0, $1) })
  }
}
