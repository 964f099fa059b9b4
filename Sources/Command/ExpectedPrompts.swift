import ArgumentParser
import LayerFold

/// The prompts that the caller of `verify` expects, repeatable, in the order of the command line.
struct ExpectedPrompts: ParsableArguments {
  @Option(parsing: .unconditionalSingleValue, help: "A prompt's text, once for each inference.")
  var prompt: [String] = []

  @Option(parsing: .unconditionalSingleValue, help: "A prompt's token ids, once for each inference.")
  var promptIds: [TokenList] = []

  /// All prompts in order, or nil if none was given. The parser keeps no order between two options, so it is read off
  /// the arguments: only these two options take values that begin with a dash, so no other value looks like one of them.
  func inOrder(of arguments: [String]) -> [Prompt]? {
    var (texts, lists) = (prompt[...], promptIds[...])
    var prompts: [Prompt] = []
    var position = 0
    while position < arguments.count {
      let name = arguments[position].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let next: Prompt? =
        switch name.first {
        case "--prompt": texts.popFirst().map { .text($0) }
        case "--prompt-ids": lists.popFirst().map { .tokens($0.tokens) }
        default: nil
        }
      if let next { prompts.append(next) }
      position += next != nil && name.count == 1 ? 2 : 1
    }
    return prompts.isEmpty ? nil : prompts
  }
}
