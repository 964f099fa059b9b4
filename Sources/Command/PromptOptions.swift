import ArgumentParser
import Foundation
import LayerFold

/// A list of token ids written 1,2,3; an empty argument is an empty list.
struct TokenList: ExpressibleByArgument {
  /// The ids.
  let tokens: [Int]

  /// Parses decimal numbers between commas; nil for anything else.
  init?(argument: String) {
    if argument.isEmpty {
      tokens = []
      return
    }
    var tokens: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let token = Int(part.trimmingCharacters(in: .whitespaces)) else { return nil }
      tokens.append(token)
    }
    self.tokens = tokens
  }
}

/// The options of which one says the prompt.
struct PromptOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The prompt's text.")
  var prompt: String?

  @Option(parsing: .unconditional, help: "The prompt's token ids, separated by commas.")
  var promptIds: TokenList?

  @Option(help: "A file with the prompt's text, taken byte for byte.")
  var promptFile: String?

  /// The prompts given, at most one.
  func given() throws -> Prompt? {
    let prompts: [Prompt] = try [
      prompt.map { .text($0) }, promptIds.map { .tokens($0.tokens) },
      promptFile.map { .text(try InputFile.text($0)) },
    ].compactMap { $0 }
    guard prompts.count <= 1 else {
      throw Failure("Only one of --prompt, --prompt-ids and --prompt-file can be given.", exitCode: EX_USAGE)
    }
    return prompts.first
  }

  /// The one prompt; throws a usage failure if there is none.
  func required() throws -> Prompt {
    guard let prompt = try given() else {
      throw Failure("A prompt is missing; expected --prompt, --prompt-ids or --prompt-file.", exitCode: EX_USAGE)
    }
    return prompt
  }
}

/// Files that people name on the command line.
enum InputFile {
  /// The text of a file in UTF-8; throws `missingInput` or bad data.
  static func text(_ path: String) throws -> String {
    guard let text = String(data: try contents(path), encoding: .utf8) else {
      throw Failure("\(path) is not a text in UTF-8.", exitCode: EX_DATAERR)
    }
    return text
  }

  /// The bytes of a file; throws `missingInput`.
  static func contents(_ path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      throw LayerFoldError.missingInput(
        "\(path) cannot be read: \(exists ? "reading failed" : "there is no such file").")
    }
  }
}

/// An option whose value must lie in a range.
extension Int {
  /// Throws a usage failure naming `option` unless the number is in `range`.
  func require(_ range: some RangeExpression<Int>, option: String, expected: String) throws {
    if !range.contains(self) {
      throw Failure("\(option) is \(self); expected \(expected).", exitCode: EX_USAGE)
    }
  }
}
