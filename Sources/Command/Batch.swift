import Foundation
import LayerFold

/// A file of prompts, one JSON object a line.
enum Batch {
  private struct Line: Decodable {
    let prompt: String?
    let promptIds: [Int]?
    let maxNewTokens: Int
  }

  /// The requests of a file, at least one; empty lines are skipped. Throws `missingInput` or bad data naming the line.
  static func requests(_ path: String) throws -> [InferenceRequest] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var requests: [InferenceRequest] = []
    let lines = try InputFile.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, text) in lines.enumerated() where !text.allSatisfy(\.isWhitespace) {
      func malformed(_ expected: String) -> Failure {
        Failure("\(path), line \(index + 1): expected \(expected).", exitCode: EX_DATAERR)
      }
      let line: Line
      do {
        line = try decoder.decode(Line.self, from: Data(text.utf8))
      } catch {
        throw malformed("a JSON object with \"prompt\" or \"prompt_ids\", and \"max_new_tokens\"")
      }
      switch (line.prompt, line.promptIds) {
      case (let text?, nil):
        requests.append(InferenceRequest(prompt: .text(text), maxNewTokens: line.maxNewTokens))
      case (nil, let tokens?):
        requests.append(InferenceRequest(prompt: .tokens(tokens), maxNewTokens: line.maxNewTokens))
      default: throw malformed("exactly one of \"prompt\" and \"prompt_ids\"")
      }
    }
    guard !requests.isEmpty else {
      throw Failure("\(path) holds no prompts; at least one line is expected.", exitCode: EX_DATAERR)
    }
    return requests
  }
}
